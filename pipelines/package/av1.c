// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Splits a temporal unit into OBUs (AV1 specification §5.3) and joins them again with sizes; looks
// into nothing but the sequence header.
#include "pipelines/package/av1.h"

#include "pipelines/package/boxes.h"
#include "pipelines/package/index.h"
#include "pipelines/package/sequence.h"

#define HAS_EXTENSION 0x04u
#define HAS_SIZE 0x02u
#define RECORD_MARK 0x81u // marker and version 1 of an av1C record
#define RECORD_BYTES 4

enum {
    OBU_SEQUENCE_HEADER = 1,
    OBU_TEMPORAL_DELIMITER = 2,
    OBU_FRAME_HEADER = 3,
    OBU_FRAME = 6,
    OBU_TILE_LIST = 8,
    OBU_PADDING = 15,
};

struct _PackageAv1 {
    PackageSequence sequence; // (value)
    GByteArray *header;       // (owned) the sequence header OBU, with its size
};

typedef struct {
    guint type;         // (value)
    guint8 head[2];     // (value) the first byte with HAS_SIZE, then the extension
    guint head_bytes;   // (value) 1 or 2
    const guint8 *data; // (unowned) the payload
    gsize bytes;        // (value)
} Obu;

typedef struct {
    const guint8 *data; // (unowned)
    gsize bytes;        // (value)
    gsize position;     // (value)
    gboolean broken;    // (value) what follows cannot be read
} ObuReader;

/* leb128() of §4.10.5; FALSE beyond the end or 32 bits. */
static gboolean
read_leb128(ObuReader *reader, gsize *value)
{
    guint64 read = 0;
    for (guint i = 0; i < 8; i++) {
        if (reader->position >= reader->bytes)
            return FALSE;
        guint8 byte = reader->data[reader->position++];
        read |= (guint64)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        *value = (gsize)read;
        return read <= G_MAXUINT32;
    }
    return FALSE;
}

static gboolean
read_head(ObuReader *reader, Obu *obu)
{
    guint8 first = reader->data[reader->position++];
    if (first & 0x80) // obu_forbidden_bit
        return FALSE;
    obu->type = first >> 3 & 0xf;
    obu->head[0] = first | HAS_SIZE;
    obu->head_bytes = 1;
    if (first & HAS_EXTENSION) {
        if (reader->position >= reader->bytes)
            return FALSE;
        obu->head[obu->head_bytes++] = reader->data[reader->position++];
    }
    obu->bytes = reader->bytes - reader->position;
    if ((first & HAS_SIZE) && !read_leb128(reader, &obu->bytes))
        return FALSE;
    return obu->bytes <= reader->bytes - reader->position;
}

/* FALSE at the end, or with broken set. */
static gboolean
read_obu(ObuReader *reader, Obu *obu)
{
    if (reader->position >= reader->bytes)
        return FALSE;
    if (!read_head(reader, obu)) {
        reader->broken = TRUE;
        return FALSE;
    }
    obu->data = reader->data + reader->position;
    reader->position += obu->bytes;
    return TRUE;
}

static void
append_obu(GByteArray *out, const Obu *obu)
{
    g_byte_array_append(out, obu->head, obu->head_bytes);
    gsize rest = obu->bytes;
    do {
        package_boxes_put_u8(out, (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
        rest >>= 7;
    } while (rest > 0);
    g_byte_array_append(out, obu->data, (guint)obu->bytes);
}

static gboolean
find_header(PackageAv1 *av1, const guint8 *data, gsize bytes)
{
    ObuReader reader = {data, bytes, 0, FALSE};
    Obu obu = {0};
    while (read_obu(&reader, &obu)) {
        if (obu.type != OBU_SEQUENCE_HEADER)
            continue;
        append_obu(av1->header, &obu);
        return package_sequence_parse(obu.data, obu.bytes, &av1->sequence);
    }
    return FALSE;
}

PackageAv1 *
package_av1_new(GBytes *config, GError **error)
{
    g_autoptr(PackageAv1) av1 = g_new0(PackageAv1, 1);
    av1->header = g_byte_array_new();
    gsize bytes = 0;
    const guint8 *data = config == NULL ? NULL : g_bytes_get_data(config, &bytes);
    gsize skipped = bytes > RECORD_BYTES && data[0] == RECORD_MARK ? RECORD_BYTES : 0;
    if (bytes == 0 || !find_header(av1, data + skipped, bytes - skipped)) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                    "no AV1 sequence header in %" G_GSIZE_FORMAT " bytes", bytes);
        return NULL;
    }
    return g_steal_pointer(&av1);
}

void
package_av1_free(PackageAv1 *av1)
{
    g_byte_array_unref(av1->header);
    g_free(av1);
}

char *
package_av1_get_codec(PackageAv1 *av1)
{
    const PackageSequence *sequence = &av1->sequence;
    return g_strdup_printf("av01.%u.%02u%c.%02u", sequence->profile, sequence->level,
                           sequence->tier ? 'H' : 'M', sequence->bit_depth);
}

void
package_av1_append_configuration(PackageAv1 *av1, GByteArray *out)
{
    const PackageSequence *sequence = &av1->sequence;
    package_boxes_put_u8(out, RECORD_MARK);
    package_boxes_put_u8(out, sequence->profile << 5 | sequence->level);
    package_boxes_put_u8(out, sequence->tier << 7 | (sequence->bit_depth > 8) << 6 |
                                  (sequence->bit_depth == 12) << 5 | sequence->monochrome << 4 |
                                  sequence->subsampling_x << 3 | sequence->subsampling_y << 2 |
                                  sequence->chroma_sample_position);
    package_boxes_put_u8(out, 0); // initial presentation delay: not said
    g_byte_array_append(out, av1->header->data, av1->header->len);
}

typedef struct {
    gboolean header; // (value) it brings a sequence header
    guint frames;    // (value)
    gboolean broken; // (value)
} UnitShape;

static UnitShape
look_at(const guint8 *data, gsize bytes)
{
    UnitShape shape = {0};
    ObuReader reader = {data, bytes, 0, FALSE};
    Obu obu = {0};
    while (read_obu(&reader, &obu)) {
        shape.header = shape.header || obu.type == OBU_SEQUENCE_HEADER;
        shape.frames += obu.type == OBU_FRAME || obu.type == OBU_FRAME_HEADER;
    }
    shape.broken = reader.broken;
    return shape;
}

gboolean
package_av1_append_unit(PackageAv1 *av1, const guint8 *data, gsize bytes, gboolean key,
                        GByteArray *out, GError **error)
{
    UnitShape shape = look_at(data, bytes);
    if (shape.broken || shape.frames == 0) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                    "a temporal unit of %" G_GSIZE_FORMAT " bytes %s", bytes,
                    shape.broken ? "that cannot be split" : "without a frame");
        return FALSE;
    }
    if (key && !shape.header)
        g_byte_array_append(out, av1->header->data, av1->header->len);
    ObuReader reader = {data, bytes, 0, FALSE};
    Obu obu = {0};
    while (read_obu(&reader, &obu))
        if (obu.type != OBU_TEMPORAL_DELIMITER && obu.type != OBU_TILE_LIST &&
            obu.type != OBU_PADDING)
            append_obu(out, &obu);
    return TRUE;
}
