// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Splits H.264 into NAL units and joins them again; knows only unit types, never what is inside a
// slice.
#include "pipelines/package/avc.h"

#include "pipelines/package/boxes.h"
#include "pipelines/package/index.h"

enum { NAL_SPS = 7, NAL_PPS = 8, NAL_DELIMITER = 9 };

struct _PackageAvc {
    GPtrArray *sps;     // (owned) (element-type GBytes)
    GPtrArray *pps;     // (owned) (element-type GBytes)
    guint length_bytes; // (value) 0: Annex B
};

typedef struct {
    const guint8 *data; // (unowned)
    gsize bytes;        // (value)
    gsize position;     // (value) where the next unit is looked for
    guint length_bytes; // (value) 0: Annex B
} NalReader;

/* The position of the next 00 00 01 at or after @from, or @bytes. */
static gsize
find_start_code(const guint8 *data, gsize bytes, gsize from)
{
    for (gsize i = from; i + 3 <= bytes; i++)
        if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1)
            return i;
    return bytes;
}

static gboolean
read_annex_b_unit(NalReader *reader, const guint8 **unit, gsize *unit_bytes)
{
    gsize start = find_start_code(reader->data, reader->bytes, reader->position);
    if (start == reader->bytes)
        return FALSE;
    start += 3;
    gsize end = find_start_code(reader->data, reader->bytes, start);
    reader->position = end;
    while (end > start && reader->data[end - 1] == 0)
        end--; // trailing_zero_8bits and the first zero of a four-byte start code
    *unit = reader->data + start;
    *unit_bytes = end - start;
    return TRUE;
}

static gboolean
read_prefixed_unit(NalReader *reader, const guint8 **unit, gsize *unit_bytes)
{
    if (reader->bytes - reader->position < reader->length_bytes)
        return FALSE;
    gsize length = 0;
    for (guint i = 0; i < reader->length_bytes; i++)
        length = (length << 8) | reader->data[reader->position + i];
    reader->position += reader->length_bytes;
    if (length > reader->bytes - reader->position)
        return FALSE;
    *unit = reader->data + reader->position;
    *unit_bytes = length;
    reader->position += length;
    return TRUE;
}

/* Empty units are passed over. */
static gboolean
read_unit(NalReader *reader, const guint8 **unit, gsize *unit_bytes)
{
    do {
        gboolean found = reader->length_bytes == 0 ? read_annex_b_unit(reader, unit, unit_bytes)
                                                   : read_prefixed_unit(reader, unit, unit_bytes);
        if (!found)
            return FALSE;
    } while (*unit_bytes == 0);
    return TRUE;
}

static guint
get_unit_type(const guint8 *unit)
{
    return unit[0] & 0x1f;
}

static void
parse_annex_b_sets(PackageAvc *avc, const guint8 *data, gsize bytes)
{
    NalReader reader = {data, bytes, 0, 0};
    const guint8 *unit = NULL;
    gsize unit_bytes = 0;
    while (read_unit(&reader, &unit, &unit_bytes)) {
        if (get_unit_type(unit) == NAL_SPS)
            g_ptr_array_add(avc->sps, g_bytes_new(unit, unit_bytes));
        if (get_unit_type(unit) == NAL_PPS)
            g_ptr_array_add(avc->pps, g_bytes_new(unit, unit_bytes));
    }
}

/* Sets of one kind in an avcC record; returns the position behind them, 0 when they do not fit. */
static gsize
parse_record_sets(GPtrArray *sets, const guint8 *data, gsize bytes, gsize position, guint count)
{
    NalReader reader = {data, bytes, position, 2};
    const guint8 *unit = NULL;
    gsize unit_bytes = 0;
    for (guint i = 0; i < count; i++) {
        if (!read_prefixed_unit(&reader, &unit, &unit_bytes) || unit_bytes == 0)
            return 0;
        g_ptr_array_add(sets, g_bytes_new(unit, unit_bytes));
    }
    return reader.position;
}

static void
parse_record(PackageAvc *avc, const guint8 *data, gsize bytes)
{
    avc->length_bytes = (data[4] & 0x03u) + 1;
    gsize position = parse_record_sets(avc->sps, data, bytes, 6, data[5] & 0x1f);
    if (position != 0 && position < bytes)
        parse_record_sets(avc->pps, data, bytes, position + 1, data[position]);
}

static gboolean
has_usable_sets(PackageAvc *avc)
{
    if (avc->sps->len == 0 || avc->sps->len > 31 || avc->pps->len == 0 || avc->pps->len > 255)
        return FALSE;
    for (guint i = 0; i < avc->sps->len; i++) {
        gsize bytes = g_bytes_get_size(avc->sps->pdata[i]);
        if (bytes < 4 || bytes > G_MAXUINT16)
            return FALSE;
    }
    for (guint i = 0; i < avc->pps->len; i++)
        if (g_bytes_get_size(avc->pps->pdata[i]) > G_MAXUINT16)
            return FALSE;
    return TRUE;
}

PackageAvc *
package_avc_new(GBytes *parameter_sets, GError **error)
{
    g_autoptr(PackageAvc) avc = g_new0(PackageAvc, 1);
    avc->sps = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    avc->pps = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    gsize bytes = 0;
    const guint8 *data = parameter_sets == NULL ? NULL : g_bytes_get_data(parameter_sets, &bytes);
    if (bytes >= 7 && data[0] == 1)
        parse_record(avc, data, bytes);
    else if (bytes > 0)
        parse_annex_b_sets(avc, data, bytes);
    if (!has_usable_sets(avc)) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                    "no H.264 parameter sets in %" G_GSIZE_FORMAT " bytes", bytes);
        return NULL;
    }
    return g_steal_pointer(&avc);
}

void
package_avc_free(PackageAvc *avc)
{
    g_ptr_array_unref(avc->sps);
    g_ptr_array_unref(avc->pps);
    g_free(avc);
}

char *
package_avc_get_codec(PackageAvc *avc)
{
    const guint8 *sps = g_bytes_get_data(avc->sps->pdata[0], NULL);
    return g_strdup_printf("avc1.%02X%02X%02X", sps[1], sps[2], sps[3]);
}

static void
append_record_sets(GByteArray *out, GPtrArray *sets)
{
    for (guint i = 0; i < sets->len; i++) {
        gsize bytes = 0;
        const guint8 *data = g_bytes_get_data(sets->pdata[i], &bytes);
        package_boxes_put_u16(out, (guint)bytes);
        g_byte_array_append(out, data, (guint)bytes);
    }
}

void
package_avc_append_configuration(PackageAvc *avc, GByteArray *out)
{
    const guint8 *sps = g_bytes_get_data(avc->sps->pdata[0], NULL);
    package_boxes_put_u8(out, 1);
    g_byte_array_append(out, sps + 1, 3);
    package_boxes_put_u8(out, 0xfc | 3);
    package_boxes_put_u8(out, 0xe0 | avc->sps->len);
    append_record_sets(out, avc->sps);
    package_boxes_put_u8(out, avc->pps->len);
    append_record_sets(out, avc->pps);
    guint profile = sps[1];
    if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
        package_boxes_put_u8(out, 0xfc | 1); // chroma_format 4:2:0
        package_boxes_put_u8(out, 0xf8);     // bit_depth_luma 8
        package_boxes_put_u8(out, 0xf8);     // bit_depth_chroma 8
        package_boxes_put_u8(out, 0);
    }
}

static void
append_unit(GByteArray *out, const guint8 *unit, gsize bytes)
{
    package_boxes_put_u32(out, (guint32)bytes);
    g_byte_array_append(out, unit, (guint)bytes);
}

static void
append_sets(PackageAvc *avc, GByteArray *out)
{
    GPtrArray *all[] = {avc->sps, avc->pps};
    for (guint k = 0; k < G_N_ELEMENTS(all); k++)
        for (guint i = 0; i < all[k]->len; i++) {
            gsize bytes = 0;
            const guint8 *unit = g_bytes_get_data(all[k]->pdata[i], &bytes);
            append_unit(out, unit, bytes);
        }
}

static gboolean
brings_sets(const PackageAvc *avc, const guint8 *data, gsize bytes)
{
    NalReader reader = {data, bytes, 0, avc->length_bytes};
    const guint8 *unit = NULL;
    gsize unit_bytes = 0;
    while (read_unit(&reader, &unit, &unit_bytes))
        if (get_unit_type(unit) == NAL_SPS)
            return TRUE;
    return FALSE;
}

gboolean
package_avc_append_unit(PackageAvc *avc, const guint8 *data, gsize bytes, gboolean key,
                        GByteArray *out, GError **error)
{
    gboolean sets_wanted = key && !brings_sets(avc, data, bytes);
    NalReader reader = {data, bytes, 0, avc->length_bytes};
    const guint8 *unit = NULL;
    gsize unit_bytes = 0;
    guint units = 0;
    while (read_unit(&reader, &unit, &unit_bytes)) {
        if (sets_wanted && get_unit_type(unit) != NAL_DELIMITER) {
            append_sets(avc, out);
            sets_wanted = FALSE;
        }
        append_unit(out, unit, unit_bytes);
        units++;
    }
    if (units == 0) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                    "an access unit of %" G_GSIZE_FORMAT " bytes without a NAL unit", bytes);
        return FALSE;
    }
    return TRUE;
}
