package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.management.Answer;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.server.CallStatus;
import io.pushfanout.server.ReplyMapper;
import io.pushfanout.tools.MadePage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Consistency between the page of codes and the code. */
class CodesReferenceTest {
  /** Causes of the codes that a server returns to callers. */
  private static final Map<StatusCode, String> CAUSES =
      new EnumMap<>(
          Map.of(
              StatusCode.INVALID_ARGUMENT,
              "a request or its metadata is malformed, or a target is missing",
              StatusCode.UNAUTHENTICATED,
              "a token or a certificate is missing or not valid",
              StatusCode.PERMISSION_DENIED,
              "the caller has no right to the target",
              StatusCode.NOT_FOUND,
              "there is no such fanout",
              StatusCode.ALREADY_EXISTS,
              "the message id names another message",
              StatusCode.FAILED_PRECONDITION,
              "the message came back to a process, or went through 8; trailer `pushfanout-loop: 1`",
              StatusCode.UNAVAILABLE,
              "the server starts or stops, or does not know the fanout's nodes",
              StatusCode.DEADLINE_EXCEEDED,
              "the caller's time ended first",
              StatusCode.UNIMPLEMENTED,
              "there is no such method",
              StatusCode.INTERNAL,
              "the server failed"));

  private static final List<BroadcastOutcome> OUTCOMES =
      List.of(outcome(3, 0), outcome(2, 1), outcome(0, 3), outcome(0, 0));

  private static BroadcastOutcome outcome(int accepted, int dropped) {
    List<String> names = List.of("a:1", "b:1", "c:1").subList(0, dropped);
    return new BroadcastOutcome(accepted, 0, dropped, 0, names, null);
  }

  @Test
  void theCodesAreThoseOfTheServer() throws Exception {
    MadePage page = new MadePage("Codes");
    page.heading("Replies");
    page.paragraph("A reply comes with gRPC status OK, and HTTP 200.");
    page.table("`code`", "`msg`", "`desc`, for three nodes or none", "outcome in the metrics");
    for (BroadcastOutcome outcome : OUTCOMES) {
      BroadCastReply reply = ReplyMapper.reply(outcome);
      page.row(
          MadePage.code("\"" + reply.getCode() + "\""),
          MadePage.code(reply.getMsg()),
          reply.getDesc(),
          MadePage.code(CallOutcome.of(outcome.code()).label()));
    }
    page.heading("Statuses");
    page.paragraph("Any other status than OK means that nothing was enqueued.");
    page.table("gRPC", "number", "HTTP", "retry", "cause");
    for (StatusCode code : StatusCode.values()) {
      if (code == StatusCode.RESOURCE_EXHAUSTED) {
        status(page, code, null, "the message is larger than the server or each queue takes");
        status(
            page,
            code,
            Duration.ofSeconds(1),
            "a limit or a share is used up, or `Reject` found a full queue");
      } else if (CAUSES.containsKey(code)) {
        status(page, code, null, CAUSES.get(code));
      }
    }
    page.paragraph(
        "HTTP has 404 for another path, 405 for another method, 408 for a body that takes too long,"
            + " 413 for one that is too large, 415 for another type, and 421 for a foreign `Host`.");
    page.assertIs("codes.md");
    assertThat(OUTCOMES)
        .extracting(BroadcastOutcome::code)
        .containsExactly(BroadcastOutcome.Code.values());
  }

  private static void status(
      MadePage page, StatusCode code, @Nullable Duration retryAfter, String cause) {
    Answer answer =
        code == StatusCode.UNIMPLEMENTED
            ? Answers.otherMethod()
            : Answers.refused(new CallStatus(code, "", retryAfter, false));
    String retry =
        retryAfter == null
            ? code == StatusCode.UNAVAILABLE ? "with backoff" : ""
            : "after RetryInfo, " + MadePage.code("Retry-After");
    page.row(
        MadePage.code(code.name()),
        String.valueOf(code.number()),
        String.valueOf(answer.status()),
        retry,
        cause);
  }
}
