// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// unpack → parse → sort into channels → leave out what is long over, far ahead or without an end.
#include "server/flows/guidefile.h"

#include <string.h>

#include "catalog/guide.h"
#include "pipelines/tables/time.h"
#include "pipelines/tables/xmltv.h"
#include "server/flows/guidewords.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define BACK_MS (8 * DAY_MS)
#define AHEAD_MS (62 * DAY_MS)
#define PIECE_BYTES (256 * 1024) // that is unpacked at a time
#define NAME_BYTES_MAX 256

/* What one reading asks for. */
typedef struct {
    GBytes *bytes;        // (owned)
    gint64 now_ms;        // (value)
    FlowsGuidefile *file; // (owned) (nullable)
} Reading;

static void
free_channel(gpointer data)
{
    FlowsGuidefileChannel *channel = data;
    g_free(channel->id);
    g_free(channel->name);
    g_ptr_array_unref(channel->programmes);
    g_free(channel);
}

void
flows_guidefile_free(FlowsGuidefile *file)
{
    if (file == NULL)
        return;
    g_ptr_array_unref(file->channels);
    tables_xmltv_free(file->document);
    g_free(file);
}

static gboolean
is_gzip(const guint8 *bytes, gsize length)
{
    return length > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

static gboolean
refuse(GError **error, GIOErrorEnum code, const char *why)
{
    g_set_error_literal(error, G_IO_ERROR, (gint)code, why);
    return FALSE;
}

/* One step of unpacking into @out. @more: (out): there may be more to come. */
static gboolean
unpack_piece(GConverter *converter, const guint8 **at, gsize *left, GByteArray *out, gboolean *more,
             GError **error)
{
    guint before = out->len;
    gsize taken = 0, made = 0;
    g_byte_array_set_size(out, before + PIECE_BYTES);
    GConverterResult result =
        g_converter_convert(converter, *at, *left, out->data + before, PIECE_BYTES,
                            G_CONVERTER_INPUT_AT_END, &taken, &made, error);
    g_byte_array_set_size(out, before + (guint)made);
    *at += taken;
    *left -= taken;
    *more = result == G_CONVERTER_CONVERTED;
    if (result == G_CONVERTER_FINISHED && is_gzip(*at, *left)) { // RFC 1952 §2.2: members in a row
        g_converter_reset(converter);
        *more = TRUE;
    }
    return result != G_CONVERTER_ERROR;
}

/* Returns: (transfer full): what is in it, or NULL when that is too much or broken. */
static GByteArray *
unpack(const guint8 *bytes, gsize length, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GZlibDecompressor) decompressor =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    gboolean more = TRUE;
    while (more) {
        g_autoptr(GError) local = NULL;
        if (!unpack_piece(G_CONVERTER(decompressor), &bytes, &length, out, &more, &local)) {
            refuse(error, G_IO_ERROR_INVALID_DATA, "the gzip file is damaged");
            return NULL;
        }
        if (out->len > TABLES_XMLTV_BYTES_MAX) {
            refuse(error, G_IO_ERROR_NO_SPACE, "the guide is too large once it is unpacked");
            return NULL;
        }
    }
    return g_steal_pointer(&out);
}

static TablesXmltv *
parse(GBytes *bytes, GError **error)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (!is_gzip(data, length))
        return tables_xmltv_parse((const char *)data, length, error);
    g_autoptr(GByteArray) plain = unpack(data, length, error);
    return plain != NULL ? tables_xmltv_parse((const char *)plain->data, plain->len, error) : NULL;
}

static FlowsGuidefileChannel *
add_channel(FlowsGuidefile *file, GHashTable *by_id, const char *id)
{
    FlowsGuidefileChannel *channel = g_new0(FlowsGuidefileChannel, 1);
    channel->id = g_strdup(id);
    channel->name = g_strdup("");
    channel->programmes = g_ptr_array_new();
    g_hash_table_insert(by_id, channel->id, channel);
    g_ptr_array_add(file->channels, channel);
    return channel;
}

/* Each programme to its channel; channels without any are not listed. */
static void
sort_out(FlowsGuidefile *file, GHashTable *by_id)
{
    const TablesXmltv *document = file->document;
    for (guint i = 0; i < document->programmes->len; i++) {
        TablesXmltvProgramme *one = document->programmes->pdata[i];
        FlowsGuidefileChannel *channel = g_hash_table_lookup(by_id, one->channel);
        if (channel == NULL && strlen(one->channel) <= FLOWS_GUIDEFILE_ID_BYTES_MAX &&
            file->channels->len < TABLES_XMLTV_CHANNELS_MAX)
            channel = add_channel(file, by_id, one->channel);
        if (channel != NULL)
            g_ptr_array_add(channel->programmes, one);
        else
            file->skipped++;
    }
    for (guint i = 0; i < document->channels->len; i++) {
        const TablesXmltvChannel *named = document->channels->pdata[i];
        FlowsGuidefileChannel *channel = g_hash_table_lookup(by_id, named->id);
        if (channel == NULL || *channel->name != '\0')
            continue;
        g_free(channel->name);
        channel->name = flows_guidewords_cut(named->name, NAME_BYTES_MAX);
    }
}

static gint
compare_starts(gconstpointer a, gconstpointer b)
{
    const TablesXmltvProgramme *one = *(TablesXmltvProgramme *const *)a;
    const TablesXmltvProgramme *other = *(TablesXmltvProgramme *const *)b;
    return one->start_ms == other->start_ms ? 0 : one->start_ms < other->start_ms ? -1 : 1;
}

/* Gives those an end that have none, from the last to the first. One whose end nobody can know has
 * its start as end. */
static void
set_ends(GPtrArray *programmes)
{
    gint64 next_ms = G_MININT64, later_ms = G_MININT64; // start of what begins next, and then
    for (guint i = programmes->len; i > 0; i--) {
        TablesXmltvProgramme *one = programmes->pdata[i - 1];
        if (one->start_ms != next_ms) {
            later_ms = next_ms;
            next_ms = one->start_ms;
        }
        if (one->stop_ms == TABLES_TIME_UNDEFINED || one->stop_ms <= one->start_ms)
            one->stop_ms = MAX(later_ms, one->start_ms);
        one->stop_ms = MIN(one->stop_ms, one->start_ms + DAY_MS);
    }
}

static gint64
measure_distance(const TablesXmltvProgramme *one, gint64 now_ms)
{
    return ABS(one->start_ms - now_ms);
}

static gint
compare_distances(gconstpointer a, gconstpointer b, gpointer data)
{
    gint64 now_ms = *(const gint64 *)data;
    gint64 one = measure_distance(*(TablesXmltvProgramme *const *)a, now_ms);
    gint64 other = measure_distance(*(TablesXmltvProgramme *const *)b, now_ms);
    return one == other ? 0 : one < other ? -1 : 1;
}

/* Those furthest from now are too many. Returns: how many. */
static guint
bound(GPtrArray *programmes, gint64 now_ms)
{
    guint more = programmes->len - MIN(programmes->len, CATALOG_GUIDE_SERVICE_MAX);
    if (more == 0)
        return 0;
    g_ptr_array_sort_with_data(programmes, compare_distances, &now_ms);
    g_ptr_array_set_size(programmes, CATALOG_GUIDE_SERVICE_MAX);
    g_ptr_array_sort(programmes, compare_starts);
    return more;
}

/* Leaves what counts in @channel, and says what it is from and until. */
static void
settle(FlowsGuidefile *file, FlowsGuidefileChannel *channel, gint64 now_ms)
{
    g_autoptr(GPtrArray) all = g_steal_pointer(&channel->programmes);
    channel->programmes = g_ptr_array_new();
    g_ptr_array_sort(all, compare_starts);
    set_ends(all);
    for (guint i = 0; i < all->len; i++) {
        TablesXmltvProgramme *one = all->pdata[i];
        if (one->stop_ms <= one->start_ms)
            file->skipped++;
        else if (one->stop_ms <= now_ms - BACK_MS || one->start_ms > now_ms + AHEAD_MS)
            file->outside++;
        else
            g_ptr_array_add(channel->programmes, one);
    }
    file->outside += bound(channel->programmes, now_ms);
    for (guint i = 0; i < channel->programmes->len; i++) {
        const TablesXmltvProgramme *one = channel->programmes->pdata[i];
        channel->from_ms = i == 0 ? one->start_ms : channel->from_ms;
        channel->until_ms = MAX(channel->until_ms, one->stop_ms);
    }
}

FlowsGuidefile *
flows_guidefile_read(GBytes *bytes, gint64 now_ms, GError **error)
{
    TablesXmltv *document = parse(bytes, error);
    if (document == NULL)
        return NULL;
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(FlowsGuidefile) file = g_new0(FlowsGuidefile, 1);
    file->document = document;
    file->skipped = document->skipped;
    file->channels = g_ptr_array_new_with_free_func(free_channel);
    sort_out(file, by_id);
    if (file->channels->len == 0) {
        refuse(error, G_IO_ERROR_INVALID_DATA, "there are no programmes in this guide");
        return NULL;
    }
    for (guint i = 0; i < file->channels->len; i++)
        settle(file, file->channels->pdata[i], now_ms);
    return g_steal_pointer(&file);
}

static void
free_reading(gpointer data)
{
    Reading *reading = data;
    g_bytes_unref(reading->bytes);
    flows_guidefile_free(reading->file);
    g_free(reading);
}

static gboolean
run_reading(gpointer data, GError **error)
{
    Reading *reading = data;
    reading->file = flows_guidefile_read(reading->bytes, reading->now_ms, error);
    return reading->file != NULL;
}

void
flows_guidefile_read_async(FlowsReceiveWorker *worker, GBytes *bytes, gint64 now_ms,
                           GAsyncReadyCallback ready, gpointer user_data)
{
    Reading *reading = g_new0(Reading, 1);
    reading->bytes = g_bytes_ref(bytes);
    reading->now_ms = now_ms;
    flows_receive_worker_run_async(worker, run_reading, reading, free_reading, ready, user_data);
}

FlowsGuidefile *
flows_guidefile_read_finish(GAsyncResult *result, GError **error)
{
    Reading *reading = flows_receive_worker_get_data(result);
    if (!flows_receive_worker_run_finish(result, error))
        return NULL;
    return g_steal_pointer(&reading->file);
}

static CatalogGuide *
make_event(const TablesXmltvProgramme *one)
{
    CatalogGuide *event = g_new0(CatalogGuide, 1);
    event->start_ms = one->start_ms;
    event->duration_ms = one->stop_ms - one->start_ms;
    event->title = flows_guidewords_cut(one->title, FLOWS_GUIDEWORDS_TITLE_BYTES_MAX);
    event->summary = flows_guidewords_cut(one->summary, FLOWS_GUIDEWORDS_TEXT_BYTES_MAX);
    event->description = flows_guidewords_cut(one->description, FLOWS_GUIDEWORDS_TEXT_BYTES_MAX);
    event->language = flows_guidewords_find_language(one->language);
    event->genre = g_strdup(flows_guidewords_find_genre(one->genre));
    event->age = flows_guidewords_read_age(one->rating);
    event->series_crid = flows_guidewords_find_series(one->series);
    return event;
}

GPtrArray *
flows_guidefile_make_events(const FlowsGuidefileChannel *channel)
{
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    for (guint i = 0; i < channel->programmes->len; i++)
        g_ptr_array_add(events, make_event(channel->programmes->pdata[i]));
    return events;
}
