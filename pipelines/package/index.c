// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The segment index: JSON in and out, and the figures that RFC 8216 asks for.
#include "pipelines/package/index.h"

#include "pipelines/package/strict_json.h"

#define MAX_JSON_BYTES (8 * 1024 * 1024)
#define MAX_TIME_PTS90K (G_GUINT64_CONSTANT(48) * 3600 * PACKAGE_INDEX_TIMESCALE)
#define MAX_FILE_BYTES (G_GUINT64_CONSTANT(1) << 44)

G_DEFINE_QUARK(daorian - package - error, package_index_error)

PackageIndex *
package_index_new(void)
{
    PackageIndex *index = g_new0(PackageIndex, 1);
    index->segments = g_array_new(FALSE, FALSE, sizeof(PackageIndexSegment));
    return index;
}

PackageIndex *
package_index_copy(const PackageIndex *index)
{
    PackageIndex *copy = g_memdup2(index, sizeof *index);
    copy->segments = g_array_copy(index->segments);
    return copy;
}

void
package_index_free(PackageIndex *index)
{
    g_array_unref(index->segments);
    g_free(index);
}

static const PackageIndexSegment *
get_segment(const PackageIndex *index, guint position)
{
    return &g_array_index(index->segments, PackageIndexSegment, position);
}

char *
package_index_to_json(const PackageIndex *index)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "{\"timescale\":%d,\"init\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT
                           "],\"segments\":[",
                           PACKAGE_INDEX_TIMESCALE, index->init_offset_bytes, index->init_bytes);
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment = get_segment(index, i);
        g_string_append_printf(text,
                               "%s\n[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT
                               ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]",
                               i > 0 ? "," : "", segment->offset_bytes, segment->bytes,
                               segment->start_pts90k, segment->duration_pts90k, segment->key_bytes);
    }
    g_string_append(text, "]}\n");
    return g_string_free(text, FALSE);
}

static gboolean
parse_segment(JsonArray *segments, guint position, PackageIndexSegment *segment)
{
    JsonNode *node = json_array_get_element(segments, position);
    if (!JSON_NODE_HOLDS_ARRAY(node))
        return FALSE;
    JsonArray *fields = json_node_get_array(node);
    guint length = json_array_get_length(fields);
    if (length == 5 && !package_strict_json_get_element(fields, 4, &segment->key_bytes))
        return FALSE;
    return (length == 4 || length == 5) && // four: written before there were key pictures

           package_strict_json_get_element(fields, 0, &segment->offset_bytes) &&
           package_strict_json_get_element(fields, 1, &segment->bytes) &&
           package_strict_json_get_element(fields, 2, &segment->start_pts90k) &&
           package_strict_json_get_element(fields, 3, &segment->duration_pts90k);
}

/* @end_bytes and @end_pts90k: where the one before ended. */
static gboolean
fits(const PackageIndexSegment *segment, guint64 end_bytes, guint64 end_pts90k, guint64 file_bytes)
{
    return segment->offset_bytes >= end_bytes && segment->bytes > 0 &&
           segment->bytes <= file_bytes && segment->offset_bytes <= file_bytes - segment->bytes &&
           segment->start_pts90k == end_pts90k && segment->duration_pts90k > 0 &&
           segment->duration_pts90k <= MAX_TIME_PTS90K && segment->key_bytes <= segment->bytes &&
           end_pts90k <= MAX_TIME_PTS90K;
}

static gboolean
parse_segments(PackageIndex *index, JsonArray *segments, guint64 file_bytes)
{
    guint64 end_bytes = index->init_offset_bytes + index->init_bytes;
    guint64 end_pts90k = 0;
    guint count = json_array_get_length(segments);
    if (count == 0 || count > PACKAGE_INDEX_MAX_SEGMENTS)
        return FALSE;
    for (guint i = 0; i < count; i++) {
        PackageIndexSegment segment = {0};
        if (!parse_segment(segments, i, &segment) ||
            !fits(&segment, end_bytes, end_pts90k, file_bytes))
            return FALSE;
        end_bytes = segment.offset_bytes + segment.bytes;
        end_pts90k = segment.start_pts90k + segment.duration_pts90k;
        g_array_append_val(index->segments, segment);
    }
    return TRUE;
}

static gboolean
parse_object(PackageIndex *index, JsonObject *object, guint64 file_bytes)
{
    guint64 timescale = 0;
    JsonArray *init = package_strict_json_get_array(object, "init");
    JsonArray *segments = package_strict_json_get_array(object, "segments");
    if (init == NULL || segments == NULL || json_array_get_length(init) != 2 ||
        !package_strict_json_get_number(object, "timescale", &timescale) ||
        timescale != PACKAGE_INDEX_TIMESCALE ||
        !package_strict_json_get_element(init, 0, &index->init_offset_bytes) ||
        !package_strict_json_get_element(init, 1, &index->init_bytes))
        return FALSE;
    if (index->init_bytes == 0 || index->init_bytes > file_bytes ||
        index->init_offset_bytes > file_bytes - index->init_bytes)
        return FALSE;
    return parse_segments(index, segments, file_bytes);
}

PackageIndex *
package_index_parse(const char *text, gsize length, guint64 file_bytes, GError **error)
{
    g_autoptr(JsonNode) root = package_strict_json_parse(text, length, MAX_JSON_BYTES, error);
    if (root == NULL)
        return NULL;
    g_autoptr(PackageIndex) index = package_index_new();
    guint64 limit = file_bytes == 0 ? MAX_FILE_BYTES : MIN(file_bytes, MAX_FILE_BYTES);
    if (!parse_object(index, json_node_get_object(root), limit)) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                    "a segment index that does not describe a file of %" G_GUINT64_FORMAT " bytes",
                    file_bytes);
        return NULL;
    }
    return g_steal_pointer(&index);
}

static guint64
get_duration_pts90k(const PackageIndex *index)
{
    if (index->segments->len == 0)
        return 0;
    const PackageIndexSegment *last = get_segment(index, index->segments->len - 1);
    return last->start_pts90k + last->duration_pts90k;
}

guint64
package_index_get_duration_ms(const PackageIndex *index)
{
    return (get_duration_pts90k(index) + 45) / 90;
}

/* Bit/s of @bytes in @duration_pts90k, rounded up. */
static guint64
get_rate(guint64 bytes, guint64 duration_pts90k)
{
    if (duration_pts90k == 0)
        return 0;
    return (bytes * 8 * PACKAGE_INDEX_TIMESCALE + duration_pts90k - 1) / duration_pts90k;
}

guint
package_index_get_target_duration_s(const PackageIndex *index)
{
    guint64 longest = 0;
    for (guint i = 0; i < index->segments->len; i++)
        longest = MAX(longest, get_segment(index, i)->duration_pts90k);
    return (guint)MAX(1, (longest + PACKAGE_INDEX_TIMESCALE / 2) / PACKAGE_INDEX_TIMESCALE);
}

/* The bytes of a segment that count: all, or those of its key picture. */
static guint64
get_bytes(const PackageIndex *index, guint position, gboolean keys)
{
    const PackageIndexSegment *segment = get_segment(index, position);
    return keys ? segment->key_bytes : segment->bytes;
}

/* The greatest rate of the runs that start at segment @first and are long enough to count. */
static guint64
get_peak_from(const PackageIndex *index, guint first, guint64 target_pts90k, gboolean keys)
{
    guint64 bytes = 0, duration = 0, peak = 0;
    for (guint i = first; i < index->segments->len; i++) {
        bytes += get_bytes(index, i, keys);
        duration += get_segment(index, i)->duration_pts90k;
        if (2 * duration > 3 * target_pts90k)
            break;
        if (2 * duration >= target_pts90k)
            peak = MAX(peak, get_rate(bytes, duration));
    }
    return peak;
}

static guint64
get_average(const PackageIndex *index, gboolean keys)
{
    guint64 bytes = 0;
    for (guint i = 0; i < index->segments->len; i++)
        bytes += get_bytes(index, i, keys);
    return get_rate(bytes, get_duration_pts90k(index));
}

static guint64
get_peak(const PackageIndex *index, gboolean keys)
{
    guint64 target_pts90k =
        (guint64)package_index_get_target_duration_s(index) * PACKAGE_INDEX_TIMESCALE;
    guint64 peak = get_average(index, keys);
    for (guint i = 0; i < index->segments->len; i++)
        peak = MAX(peak, get_peak_from(index, i, target_pts90k, keys));
    return peak;
}

guint64
package_index_get_bandwidth_bps(const PackageIndex *index)
{
    return get_peak(index, FALSE);
}

guint64
package_index_get_average_bandwidth_bps(const PackageIndex *index)
{
    return get_average(index, FALSE);
}

gboolean
package_index_has_keys(const PackageIndex *index)
{
    for (guint i = 0; i < index->segments->len; i++)
        if (get_segment(index, i)->key_bytes == 0)
            return FALSE;
    return index->segments->len > 0;
}

guint64
package_index_get_key_bandwidth_bps(const PackageIndex *index)
{
    return package_index_has_keys(index) ? get_peak(index, TRUE) : 0;
}

guint64
package_index_get_key_average_bandwidth_bps(const PackageIndex *index)
{
    return package_index_has_keys(index) ? get_average(index, TRUE) : 0;
}
