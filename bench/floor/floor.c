// The floor below every manager of this wire: one thread on epoll that trusts all its peers. It
// decodes no headers and checks no answer, deadline, length or status. A manager that does its duty
// costs more, and its figures are given as multiples of these.
//
//   floor MODE HOST:PORT,... [TICK_MICROS [WORKERS]]
//
//   unary   a call for each message and node, with a copy of the message for each node
//   share   unary calls, with writev of one copy of the message for all nodes
//   stream  one stream to each node (pushfanout.v1.Delivery)
//
// Messages begin in ticks of that many microseconds, or at once. The program prints its address as
// one JSON line, and ends with its stdin.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

enum { UNARY, SHARE, STREAM } mode;
enum { QUEUE = 1000, CALLS = 4096, MAX_STREAMS = 2000, MAX_FRAME = 16384, PIECES = 8192, MOST_OUT = 1 << 20 };
enum { WINDOW = 1 << 30, STREAM_WINDOW = 1 << 24, DEFAULT_WINDOW = 65535, READ_BYTES = 1 << 18 };
enum { LISTENER, CALLER, NODE };

typedef struct { int refs, len; uint8_t data[]; } message;  // gRPC's prefix, then the request
typedef struct { uint32_t id; int have; message *m; } call;  // an incoming call that is not yet whole
typedef struct { message *m; int off, len, head_len; uint8_t head[64]; } piece;

typedef struct {
  int kind, fd, wants_out;
  buffer in, out;
  size_t parsed, sent;
  // of a caller
  int skip_preface;
  long consumed;
  call *calls;
  // of a node
  int ready, in_flight, piece_done;
  long window;
  uint32_t next_id;
  unsigned queue_head, queue_tail, piece_head, piece_tail;
  message **queue;
  piece *pieces;
} conn;

static conn **nodes;
static int epoll, node_count, workers = 50, tick_micros;
static int pending, urgent;  // a node may have something to begin; one of them is short of calls

static void die(const char *what) { perror(what); exit(1); }
static void release(message *m) { if (--m->refs == 0) free(m); }

static void want_out(conn *c, int on) {
  if (c->wants_out == on) return;
  c->wants_out = on;
  struct epoll_event e = {EPOLLIN | (on ? EPOLLOUT : 0), {.ptr = c}};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
}

static void flush_out(conn *c) {
  while (c->sent < c->out.len) {
    ssize_t n = write(c->fd, c->out.p + c->sent, c->out.len - c->sent);
    if (n < 0 && errno == EAGAIN) { want_out(c, 1); return; }
    if (n < 0) break;  // the next read sees the connection's end
    c->sent += n;
  }
  c->out.len = c->sent = 0;
  want_out(c, 0);
}

static int gather(conn *n, struct iovec *v, int most) {
  int count = 0;
  size_t total = 0;
  for (unsigned i = n->piece_head; i != n->piece_tail && count < most - 1 && total < MOST_OUT; i++) {
    piece *p = &n->pieces[i % PIECES];
    int done = i == n->piece_head ? n->piece_done : 0;
    if (done < p->head_len) {
      v[count++] = (struct iovec){p->head + done, p->head_len - done};
      total += p->head_len - done;
      done = 0;
    } else {
      done -= p->head_len;
    }
    v[count++] = (struct iovec){p->m->data + p->off + done, p->len - done};
    total += p->len - done;
  }
  return count;
}

static void flush_pieces(conn *n) {
  while (n->piece_head != n->piece_tail) {
    struct iovec v[64];
    ssize_t wrote = writev(n->fd, v, gather(n, v, 64));
    if (wrote < 0 && errno == EAGAIN) { want_out(n, 1); return; }
    if (wrote < 0) die("writev");
    while (wrote > 0) {
      piece *p = &n->pieces[n->piece_head % PIECES];
      int left = p->head_len + p->len - n->piece_done;
      if (wrote < left) { n->piece_done += wrote; break; }
      wrote -= left; n->piece_done = 0; n->piece_head++;
      release(p->m);
    }
  }
  want_out(n, 0);
}

static void begin_call(conn *n, message *m) {
  uint32_t id = n->next_id;
  int shared = mode == SHARE && id != 1;  // the first block may be too long for a piece
  uint8_t head[64];
  int head_len = 0;
  if (shared) {
    head_len = frame_head(head, sizeof next_block, HEADERS, END_HEADERS, id);
    memcpy(head + head_len, next_block, sizeof next_block); head_len += sizeof next_block;
  } else if (id == 1) {
    frame(&n->out, first_block, first_len, HEADERS, END_HEADERS, id);
  } else {
    frame(&n->out, next_block, sizeof next_block, HEADERS, END_HEADERS, id);
  }
  for (int off = 0, len; off < m->len; off += len) {
    len = m->len - off < MAX_FRAME ? m->len - off : MAX_FRAME;
    int flags = off + len == m->len ? END_STREAM : 0;
    if (!shared) { frame(&n->out, m->data + off, len, DATA, flags, id); continue; }
    head_len += frame_head(head + head_len, len, DATA, flags, id);
    piece *p = &n->pieces[n->piece_tail++ % PIECES];
    *p = (piece){.m = m, .off = off, .len = len, .head_len = head_len};
    memcpy(p->head, head, head_len);
    m->refs++; head_len = 0;
  }
  n->next_id += 2; n->window -= m->len; n->in_flight++;
}

// A DeliverRequest of one envelope around the request.
static void send_on_stream(conn *n, message *m) {
  uint8_t inner[6] = {0x0a}, head[17] = {0};
  int request = m->len - 5, inner_len = 1 + varint(inner + 1, request), len = 5;
  head[len++] = 0x0a; len += varint(head + len, inner_len + request);
  memcpy(head + len, inner, inner_len); len += inner_len;
  write_int(head + 1, len - 5 + request);
  if (n->next_id == 1) frame(&n->out, first_block, first_len, HEADERS, END_HEADERS, 1);
  n->next_id = 3;
  n->out.len += frame_head(reserve(&n->out, 9), len + request, DATA, 0, 1);
  put(&n->out, head, len);
  put(&n->out, m->data + 5, request);
}

static void begin_deliveries(conn *n) {
  if (!n->ready || n->wants_out) return;
  while (n->queue_head != n->queue_tail && n->out.len < MOST_OUT && n->piece_tail - n->piece_head < PIECES / 2) {
    message *m = n->queue[n->queue_head % QUEUE];
    if (mode != STREAM && (n->in_flight == workers || n->window < m->len)) break;
    n->queue_head++;
    if (mode == STREAM) send_on_stream(n, m); else begin_call(n, m);
    release(m);
  }
  if (n->out.len) flush_out(n);
  if (n->piece_head != n->piece_tail) flush_pieces(n);
}

static void broadcast(message *m) {
  for (int i = 0; i < node_count; i++) {
    conn *n = nodes[i];
    if (n->queue_tail - n->queue_head == QUEUE) continue;  // full: dropped
    m->refs++;
    n->queue[n->queue_tail++ % QUEUE] = m;
  }
  pending = 1;
}

static void caller_data(conn *c, uint32_t id, const uint8_t *p, int len, int ends) {
  call *k = &c->calls[(id >> 1) % CALLS];
  if (k->id != id) *k = (call){.id = id};
  if ((c->consumed += len) > WINDOW / 4) { grant(&c->out, c->consumed); c->consumed = 0; }
  if (!k->m && len >= 5) {
    int total = 5 + read_int(p + 1);
    k->m = malloc(sizeof(message) + total);
    *k->m = (message){.refs = 1, .len = total};
  }
  memcpy(k->m->data + k->have, p, len);
  k->have += len;
  if (!ends) return;
  broadcast(k->m);
  release(k->m);
  *k = (call){0};
  uint8_t *frames = reserve(&c->out, answer.len);
  put(&c->out, answer.p, answer.len);
  for (int i = 0; i < 3; i++) write_int(frames + answer_ids[i], id);
}

static void node_frame(conn *n, int type, int flags, uint32_t id, const uint8_t *p) {
  if (type == HEADERS && flags & END_STREAM) {
    n->in_flight--;
    if (n->queue_head != n->queue_tail) { pending = 1; urgent |= n->in_flight == workers - 1; }
  } else if (type == SETTINGS && !(flags & ACK)) {
    n->ready = pending = 1;
  } else if (type == WINDOW_UPDATE && id == 0) {
    n->window += read_int(p);
    pending = 1;
  }
}

// Reads once and handles the whole frames; returns 0 at the connection's end.
static int receive(conn *c) {
  if (c->parsed == c->in.len) {
    c->parsed = c->in.len = 0;
  } else if (c->in.cap - c->in.len < READ_BYTES) {
    memmove(c->in.p, c->in.p + c->parsed, c->in.len -= c->parsed);
    c->parsed = 0;
  }
  ssize_t got = read(c->fd, reserve(&c->in, READ_BYTES), READ_BYTES);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  c->in.len += got;
  for (;;) {
    uint8_t *p = c->in.p + c->parsed;
    size_t have = c->in.len - c->parsed;
    if (c->skip_preface && have >= 24) { c->parsed += 24; c->skip_preface = 0; continue; }
    if (c->skip_preface || have < 9) break;
    int len = p[0] << 16 | p[1] << 8 | p[2], type = p[3], flags = p[4];
    if (have < 9u + len) break;
    uint32_t id = read_int(p + 5) & 0x7fffffff;
    if (type == SETTINGS && !(flags & ACK)) frame(&c->out, 0, 0, SETTINGS, ACK, 0);
    if (type == PING && !(flags & ACK)) frame(&c->out, p + 9, len, PING, ACK, 0);
    if (c->kind == NODE) node_frame(c, type, flags, id, p + 9);
    else if (type == DATA) caller_data(c, id, p + 9, len, flags & END_STREAM);
    c->parsed += 9 + len;
  }
  if (c->out.len && !c->wants_out) flush_out(c);
  return 1;
}

static void watch(int fd, void *about) {
  struct epoll_event e = {EPOLLIN, {.ptr = about}};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
}

static conn *open_conn(int kind, int fd) {
  conn *c = calloc(1, sizeof *c);
  c->kind = kind; c->fd = fd;
  if (kind != LISTENER) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  watch(fd, c);
  return c;
}

static void accept_caller(int listener) {
  conn *c = open_conn(CALLER, accept(listener, 0, 0));
  c->calls = calloc(CALLS, sizeof(call));
  c->skip_preface = 1;
  uint8_t settings[12] = {0, 3, 0, 0, MAX_STREAMS >> 8, MAX_STREAMS & 255, 0, 4, STREAM_WINDOW >> 24, 0, 0, 0};
  frame(&c->out, settings, sizeof settings, SETTINGS, 0, 0);
  grant(&c->out, WINDOW - 1);
  flush_out(c);
}

static void close_caller(conn *c) {
  close(c->fd);
  free(c->in.p); free(c->out.p); free(c->calls); free(c);
}

static void dial(char *address) {
  char *colon = strrchr(address, ':');
  *colon = 0;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
  inet_pton(AF_INET, address, &to.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (void *)&to, sizeof to)) die("connect");
  conn *n = nodes[node_count++] = open_conn(NODE, fd);
  n->next_id = 1; n->window = DEFAULT_WINDOW;
  n->queue = calloc(QUEUE, sizeof(message *));
  if (mode == SHARE) n->pieces = calloc(PIECES, sizeof(piece));
  put(&n->out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  frame(&n->out, 0, 0, SETTINGS, 0, 0);
  grant(&n->out, WINDOW);
  flush_out(n);
}

static int listen_on_loopback(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(fd, (void *)&at, len) || listen(fd, 128)) die("listen");
  getsockname(fd, (void *)&at, &len);
  printf("{\"grpc\":\"127.0.0.1:%d\"}\n", ntohs(at.sin_port));
  fflush(stdout);
  return fd;
}

static void handle(conn *c, uint32_t events) {
  if (c->kind == LISTENER) { accept_caller(c->fd); return; }
  if (events & EPOLLOUT) {
    if (c->out.len) flush_out(c); else want_out(c, 0);
    if (c->kind == NODE && c->piece_head != c->piece_tail) flush_pieces(c);
    pending = 1;
  }
  if (events & ~EPOLLOUT && !receive(c)) {
    if (c->kind == NODE) die("a node is gone");
    close_caller(c);
  }
}

static long now_micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

// Waits for events, until the next tick if messages wait for it.
static int wait_for_events(struct epoll_event *events, int most) {
  if (!pending || !tick_micros) return epoll_wait(epoll, events, most, pending ? 0 : -1);
  long left = urgent ? 0 : tick_micros - now_micros() % tick_micros;
  struct timespec timeout = {left / 1000000, left % 1000000 * 1000};
  return epoll_pwait2(epoll, events, most, &timeout, 0);
}

int main(int argc, char **argv) {
  static const char *modes[] = {"unary", "share", "stream"};
  int known = 0;
  for (int i = 0; argc > 2 && i < 3; i++) if (!strcmp(argv[1], modes[i])) { mode = i; known = 1; }
  if (!known) { fprintf(stderr, "usage: floor unary|share|stream HOST:PORT,... [TICK_MICROS [WORKERS]]\n"); return 2; }
  if (argc > 3) tick_micros = atoi(argv[3]);
  if (argc > 4) workers = atoi(argv[4]);
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  make_first_block(mode == STREAM ? "/pushfanout.v1.Delivery/Deliver" : "/protocol.PushServer/Broadcast");
  nodes = calloc(strlen(argv[2]), sizeof(conn *));
  for (char *rest = argv[2], *address; (address = strsep(&rest, ","));) dial(address);
  make_answer(node_count);
  open_conn(LISTENER, listen_on_loopback());
  watch(STDIN_FILENO, 0);
  for (long last_tick = 0;;) {
    struct epoll_event events[1024];
    int count = wait_for_events(events, 1024);
    for (int i = 0; i < count; i++) {
      char byte;
      if (events[i].data.ptr) handle(events[i].data.ptr, events[i].events);
      else if (read(STDIN_FILENO, &byte, 1) <= 0) return 0;
    }
    long tick = tick_micros ? now_micros() / tick_micros : 0;
    if (pending && (!tick_micros || urgent || tick != last_tick)) {
      pending = urgent = 0; last_tick = tick;
      for (int i = 0; i < node_count; i++) begin_deliveries(nodes[i]);
    }
  }
}
