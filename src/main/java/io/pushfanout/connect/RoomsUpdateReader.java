package io.pushfanout.connect;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.pushfanout.interest.RoomName;
import io.pushfanout.interest.RoomUpdate;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/**
 * A reader of {@code RoomsUpdate}s that checks all names at once and makes them one by one, so that
 * an update of 150,000 names holds up its loop for few milliseconds.
 */
final class RoomsUpdateReader {
  private static final int VERSION = varint(RoomsUpdate.VERSION_FIELD_NUMBER);
  private static final int RESET = varint(RoomsUpdate.RESET_FIELD_NUMBER);
  private static final int JOIN = text(RoomsUpdate.JOIN_FIELD_NUMBER);
  private static final int LEAVE = text(RoomsUpdate.LEAVE_FIELD_NUMBER);
  private static final int COMPLETE = varint(RoomsUpdate.COMPLETE_FIELD_NUMBER);

  private final byte[] message;
  private final Names join;
  private final Names leave;
  private long version;
  private boolean reset;
  private boolean complete;

  private RoomsUpdateReader(byte[] message) {
    this.message = message;
    this.join = new Names(message);
    this.leave = new Names(message);
  }

  private static int varint(int field) {
    return field << 3 | WireFormat.WIRETYPE_VARINT;
  }

  private static int text(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /**
   * Returns the update of these bytes.
   *
   * @throws ProtocolException if they do not parse, or a name is none
   */
  static RoomUpdate read(byte[] message) throws ProtocolException {
    RoomsUpdateReader reader = new RoomsUpdateReader(message);
    try {
      reader.readAll();
    } catch (ProtocolException e) {
      throw e;
    } catch (IOException _) {
      throw unparsed();
    }
    return new RoomUpdate(reader.version, reader.reset, reader.join, reader.leave, reader.complete);
  }

  private static ProtocolException unparsed() {
    return new ProtocolException("its bytes do not parse as RoomsUpdate");
  }

  private void readAll() throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == JOIN) {
        readName(in, join);
      } else if (tag == LEAVE) {
        readName(in, leave);
      } else if (tag == VERSION) {
        version = in.readUInt64();
      } else if (tag == RESET) {
        reset = in.readBool();
      } else if (tag == COMPLETE) {
        complete = in.readBool();
      } else if (!in.skipField(tag)) {
        throw unparsed();
      }
    }
  }

  private void readName(CodedInputStream in, Names to) throws IOException {
    int length = in.readRawVarint32();
    int start = in.getTotalBytesRead();
    in.skipRawBytes(length);
    if (length == 0 || length > RoomName.MAX_BYTES) {
      throw new ProtocolException("a room's name is empty or has more than 256 bytes");
    }
    if (!UnsafeByteOperations.unsafeWrap(message, start, length).isValidUtf8()) {
      throw unparsed();
    }
    to.append(start, length);
  }

  /** Names in the bytes of an update, each made when it is read. */
  private static final class Names extends AbstractList<RoomName> implements RandomAccess {
    private static final long[] NONE = {};

    private final byte[] message;

    /** Start and length of each name. */
    private long[] places = NONE;

    private int size;

    Names(byte[] message) {
      this.message = message;
    }

    void append(int start, int length) {
      if (size == places.length) {
        places = Arrays.copyOf(places, Math.max(8, 2 * size));
      }
      places[size++] = (long) start << Integer.SIZE | length;
    }

    @Override
    public RoomName get(int index) {
      long place = places[index];
      int start = (int) (place >>> Integer.SIZE);
      return requireNonNull(RoomName.of(Arrays.copyOfRange(message, start, start + (int) place)));
    }

    @Override
    public int size() {
      return size;
    }
  }
}
