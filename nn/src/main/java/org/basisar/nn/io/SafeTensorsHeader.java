package org.basisar.nn.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonNumber;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.basisar.tensor.Shape;

/**
 * The parsed and checked front of a safetensors file. Once this exists, every byte of the file
 * belongs to exactly one tensor or to the header, and every offset lies inside the file.
 *
 * @param dataStart where the data begins, in bytes from the start of the file
 * @param metadata the free strings of the file
 * @param tensors name to place, in the order of the data
 */
record SafeTensorsHeader(
    long dataStart, Map<String, String> metadata, SequencedMap<String, Place> tensors) {
  static final String METADATA = "__metadata__";
  static final int LENGTH_BYTES = 8;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");

  /**
   * One tensor and its bytes.
   *
   * @param begin first byte, from the start of the data
   */
  record Place(StoredTensor tensor, long begin) {
    long end() {
      return begin + tensor.byteSize();
    }
  }

  /**
   * Reads and checks the header of a whole file.
   *
   * @param what names the file in messages
   */
  static SafeTensorsHeader parse(MemorySegment file, String what) {
    return new Parser(file, what).parse();
  }

  private record Parser(MemorySegment file, String what) {
    SafeTensorsHeader parse() {
      JsonObject json = json(headerBytes());
      Map<String, String> metadata = Map.of();
      List<Place> places = new ArrayList<>();
      for (var member : json.members().entrySet()) {
        if (member.getKey().equals(METADATA)) {
          metadata = metadata(member.getValue());
        } else {
          places.add(place(member.getKey(), member.getValue()));
        }
      }
      long dataStart = LENGTH_BYTES + file.get(LENGTH, 0);
      requireGapless(places, file.byteSize() - dataStart);
      SequencedMap<String, Place> tensors = new LinkedHashMap<>();
      places.forEach(place -> tensors.put(place.tensor().name(), place));
      return new SafeTensorsHeader(
          dataStart, metadata, Collections.unmodifiableSequencedMap(tensors));
    }

    private byte[] headerBytes() {
      if (file.byteSize() < LENGTH_BYTES) {
        throw refuse(
            Reason.TOO_SHORT,
            "has %d bytes, fewer than the 8 that every safetensors file starts with",
            file.byteSize());
      }
      long length = file.get(LENGTH, 0);
      if (length < 0 || length > SafeTensorsReader.MAX_HEADER_BYTES) {
        throw refuse(
            Reason.HEADER_TOO_LARGE,
            "claims a header of %s bytes, more than the %d that the format allows, so it is most"
                + " likely no safetensors file",
            Long.toUnsignedString(length),
            SafeTensorsReader.MAX_HEADER_BYTES);
      }
      if (length == 0) {
        throw refuse(Reason.HEADER_EMPTY, "has an empty header, so it is no safetensors file");
      }
      if (length > file.byteSize() - LENGTH_BYTES) {
        throw refuse(
            Reason.HEADER_TRUNCATED, "ends inside its header of %d bytes; copy it again", length);
      }
      if (file.get(ValueLayout.JAVA_BYTE, LENGTH_BYTES) != '{') {
        throw refuse(
            Reason.HEADER_START,
            "has a header that does not start with '{', so it is no safetensors file");
      }
      return file.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private JsonObject json(byte[] header) {
      try {
        return Json.parseObject(header);
      } catch (JsonException e) {
        Reason reason =
            switch (e.reason()) {
              case NOT_UTF8 -> Reason.HEADER_NOT_UTF8;
              case DUPLICATE_NAME -> Reason.DUPLICATE_NAME;
              case SYNTAX, TOO_DEEP, TOO_MANY_VALUES, WRONG_TYPE, MISSING_NAME, UNKNOWN_NAME ->
                  Reason.HEADER_NOT_JSON;
            };
        throw new SafeTensorsException(
            reason, what + " has a header that is refused at " + e.getMessage(), e);
      }
    }

    private Map<String, String> metadata(JsonValue value) {
      if (!(value instanceof JsonObject object)) {
        throw refuse(
            Reason.METADATA,
            "has a %s that should be an object of strings but is %s",
            METADATA,
            Json.describe(value));
      }
      SequencedMap<String, String> metadata = new LinkedHashMap<>();
      object
          .members()
          .forEach((key, member) -> {
            if (!(member instanceof JsonString text)) {
              throw refuse(
                  Reason.METADATA,
                  "has metadata %s that should be a string but is %s",
                  Json.quote(key),
                  Json.describe(member));
            }
            metadata.put(key, text.value());
          });
      return Collections.unmodifiableMap(metadata);
    }

    private Place place(String name, JsonValue value) {
      String tensor = "has tensor " + Json.quote(name);
      if (!(value instanceof JsonObject entry)) {
        throw refuse(
            Reason.ENTRY, "%s described by %s instead of an object", tensor, Json.describe(value));
      }
      String dtype;
      JsonArray extents;
      JsonArray offsets;
      try {
        entry.requireOnly(FIELDS);
        dtype = entry.stringAt("dtype");
        extents = entry.arrayAt("shape");
        offsets = entry.arrayAt("data_offsets");
      } catch (JsonException e) {
        throw new SafeTensorsException(
            Reason.ENTRY, what + " " + tensor + " with a fault: " + e.getMessage(), e);
      }
      StoredType type = type(tensor, dtype);
      if (offsets.elements().size() != 2) {
        throw refuse(
            Reason.OFFSETS,
            "%s with %d data offsets instead of a begin and an end",
            tensor,
            offsets.elements().size());
      }
      long begin = natural(tensor, "a data offset", Reason.OFFSETS, offsets.elements().getFirst());
      long end = natural(tensor, "a data offset", Reason.OFFSETS, offsets.elements().getLast());
      if (begin > end) {
        throw refuse(
            Reason.OFFSETS, "%s that ends at byte %d before it begins at %d", tensor, end, begin);
      }
      Shape shape = shape(tensor, extents);
      long bits = (long) shape.size() * type.bits();
      if (bits % 8 != 0 || bits / 8 != end - begin) {
        throw refuse(
            Reason.SIZE_MISMATCH,
            "%s of type %s and shape %s, which takes %s bytes, in a range of %d bytes",
            tensor,
            type,
            Json.shorten(shape.toString()),
            bits % 8 == 0 ? Long.toString(bits / 8) : bits / 8 + " and a fraction of",
            end - begin);
      }
      return new Place(new StoredTensor(name, type, shape, end - begin), begin);
    }

    private StoredType type(String tensor, String dtype) {
      for (StoredType type : StoredType.values()) {
        if (type.name().equals(dtype)) {
          return type;
        }
      }
      throw refuse(Reason.UNKNOWN_TYPE, "%s of the unknown type %s", tensor, Json.quote(dtype));
    }

    private Shape shape(String tensor, JsonArray extents) {
      int[] dims = new int[extents.elements().size()];
      long size = 1;
      for (int i = 0; i < dims.length; i++) {
        long extent = natural(tensor, "an extent", Reason.EXTENT, extents.elements().get(i));
        if (extent > Integer.MAX_VALUE) {
          throw refuse(
              Reason.EXTENT, "%s with the extent %d, over the limit of 2^31-1", tensor, extent);
        }
        // Both factors are below 2^31, so the product cannot wrap before it is looked at.
        size *= extent;
        if (size > Integer.MAX_VALUE) {
          throw refuse(
              Reason.SHAPE_OVERFLOW,
              "%s of more than 2^31-1 elements, which no tensor here can hold",
              tensor);
        }
        dims[i] = (int) extent;
      }
      return Shape.of(dims);
    }

    private long natural(String tensor, String field, Reason reason, JsonValue value) {
      // "-0" is a whole number to Java and a fraction to the reference reader.
      if (value instanceof JsonNumber number && number.isLong() && !number.text().startsWith("-")) {
        return number.longValue();
      }
      throw refuse(
          reason,
          "%s with %s that should be a whole number from 0 but is %s",
          tensor,
          field,
          Json.describe(value));
    }

    private void requireGapless(List<Place> places, long dataSize) {
      places.sort(
          Comparator.comparingLong(Place::begin)
              .thenComparingLong(Place::end)
              .thenComparing(place -> place.tensor().name()));
      long end = 0;
      for (Place place : places) {
        String name = Json.quote(place.tensor().name());
        if (place.begin() < end) {
          throw refuse(
              Reason.OVERLAP,
              "has tensor %s beginning at byte %d, inside the one that ends at %d",
              name,
              place.begin(),
              end);
        }
        if (place.begin() > end) {
          throw refuse(
              Reason.HOLE,
              "has bytes %d to %d before tensor %s that belong to no tensor",
              end,
              place.begin(),
              name);
        }
        end = place.end();
      }
      if (end > dataSize) {
        throw refuse(
            Reason.DATA_TRUNCATED,
            "holds %d bytes of data where its header needs %d; copy it again",
            dataSize,
            end);
      }
      if (end < dataSize) {
        throw refuse(
            Reason.TRAILING_BYTES,
            "holds %d bytes after its last tensor that belong to no tensor",
            dataSize - end);
      }
    }

    @SuppressWarnings("AnnotateFormatMethod") // Arguments are checked by the corpus test.
    private SafeTensorsException refuse(Reason reason, String format, Object... arguments) {
      return new SafeTensorsException(reason, what + " " + String.format(format, arguments));
    }
  }
}
