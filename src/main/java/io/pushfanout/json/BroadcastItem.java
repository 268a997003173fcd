package io.pushfanout.json;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast of a JSON document. A field that the document leaves out is null, 0 or empty.
 *
 * @param target the text of the target
 * @param room not empty; null: the broadcast is for no room
 * @param body the bytes of {@code body} in UTF-8, or those of {@code bodyBase64}
 * @param waitFor the text of the wait
 * @param timeout from 1 ms to 60 s
 * @param nodes texts of node addresses, one or more, none with a comma
 */
public record BroadcastItem(
    @Nullable String target,
    @Nullable String room,
    int ver,
    int op,
    int seq,
    ByteBuffer body,
    @Nullable String messageId,
    @Nullable String waitFor,
    @Nullable Duration timeout,
    @Nullable List<String> nodes) {}
