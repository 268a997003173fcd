// The stream of events: the whole state first and after each gap, then changes.

const SILENCE = 6000, AGAIN = 5000;

/**
 * Keeps a stream open for as long as the page is.
 *
 * @param onUpdate gets each update, and whether it is the whole state
 * @param onLink gets "live" or the reason for which the page is not
 */
export function follow(onUpdate, onLink) {
  let source, watchdog;

  function open() {
    source = new EventSource("api/v1/events");
    source.addEventListener("state", event => receive(event, true));
    source.addEventListener("change", event => receive(event, false));
    source.onerror = () => {
      onLink("connection lost, trying again");
      // The browser tries again by itself, except after an error of the server.
      if (source.readyState === EventSource.CLOSED) again(AGAIN);
    };
    again(SILENCE);
  }

  function receive(event, whole) {
    again(SILENCE);
    onUpdate(JSON.parse(event.data), whole);
    onLink("live");
  }

  /** Opens the stream anew after a time, unless an event comes before. */
  function again(millis) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      onLink("connection lost, trying again");
      source.close();
      open();
    }, millis);
  }

  open();
}
