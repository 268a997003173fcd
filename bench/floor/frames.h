// Frames of HTTP/2 and messages of gRPC, written into buffers that grow.
#pragma once
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, PING = 6, WINDOW_UPDATE = 8 };
enum { ACK = 1, END_STREAM = 1, END_HEADERS = 4 };

typedef struct { uint8_t *p; size_t len, cap; } buffer;

static uint32_t read_int(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static void write_int(uint8_t *p, uint32_t v) { v = htonl(v); memcpy(p, &v, 4); }

static uint8_t *reserve(buffer *b, size_t bytes) {
  if (b->len + bytes > b->cap) {
    while (b->cap < b->len + bytes) b->cap = b->cap ? b->cap * 2 : 65536;
    b->p = realloc(b->p, b->cap);
  }
  return b->p + b->len;
}
static void put(buffer *b, const void *bytes, size_t len) { memcpy(reserve(b, len), bytes, len); b->len += len; }
static int frame_head(uint8_t *to, int len, int type, int flags, uint32_t id) {
  to[0] = len >> 16; to[1] = len >> 8; to[2] = len; to[3] = type; to[4] = flags;
  write_int(to + 5, id);
  return 9;
}
static void frame(buffer *b, const void *payload, int len, int type, int flags, uint32_t id) {
  b->len += frame_head(reserve(b, 9), len, type, flags, id);
  if (len) put(b, payload, len);
}
static void grant(buffer *b, uint32_t bytes) { uint8_t v[4]; write_int(v, bytes); frame(b, v, 4, WINDOW_UPDATE, 0, 0); }

static int varint(uint8_t *to, int v) {
  int len = 0;
  for (; v > 127; v >>= 7) to[len++] = v | 128;
  to[len++] = v;
  return len;
}

// Header blocks of the first call to a node, which fills HPACK's table, and of all later ones.
static uint8_t first_block[256];
static int first_len;
static const uint8_t next_block[] = {0x83, 0x86, 0xC3, 0xC2, 0xC1, 0xC0, 0xBF, 0xBE};
static uint8_t *field(uint8_t *to, int index, const char *name, const char *value) {
  *to++ = 0x40 | index;
  for (const char *text = index ? value : name; text; text = text == name ? value : 0) {
    size_t len = strlen(text);
    *to++ = len; memcpy(to, text, len); to += len;
  }
  return to;
}
static void make_first_block(const char *path) {
  uint8_t *to = first_block;
  *to++ = 0x83; *to++ = 0x86;
  to = field(to, 4, 0, path);
  to = field(to, 1, 0, "127.0.0.1:30000");
  to = field(to, 0, "te", "trailers");
  to = field(to, 31, 0, "application/grpc");
  to = field(to, 58, 0, "floor");
  to = field(to, 0, "grpc-timeout", "5S");
  first_len = to - first_block;
}

// The frames of an answer, "0" OK by that many nodes, and the places of its stream's id.
static buffer answer;
static int answer_ids[3];
static void make_answer(int node_count) {
  static const uint8_t head[] = "\x88\x0f\x10\x10" "application/grpc", tail[] = "\x00\x0b" "grpc-status" "\x01" "0";
  uint8_t reply[32] = {0, 0, 0, 0, 0, 0x0a, 1, '0', 0x12, 2, 'O', 'K'};
  int len = 12;
  for (int number = 4; number <= 5; number++) { reply[len++] = number << 3; len += varint(reply + len, node_count); }
  reply[4] = len - 5;
  answer_ids[0] = answer.len + 5; frame(&answer, head, sizeof head - 1, HEADERS, END_HEADERS, 0);
  answer_ids[1] = answer.len + 5; frame(&answer, reply, len, DATA, 0, 0);
  answer_ids[2] = answer.len + 5; frame(&answer, tail, sizeof tail - 1, HEADERS, END_HEADERS | END_STREAM, 0);
}
