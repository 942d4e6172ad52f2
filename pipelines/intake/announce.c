// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What was told is remembered as a hash of it: of all services together, of each programme.
#include "pipelines/intake/announce.h"

#include <string.h>

#include "pipelines/tables/time.h"

#define PATIENCE_US (15 * G_USEC_PER_SEC) // for tables that do not come
#define ROUND_US (5 * G_USEC_PER_SEC)     // between two rounds of services
#define EVENTS_AT_ONCE 300
#define CLOCK_US (10 * G_USEC_PER_SEC)
#define NAMED (TABLES_DEMUX_PAT | TABLES_DEMUX_PMT | TABLES_DEMUX_SDT)
#define NOTHING_YET (-1)

/** A programme that was told. */
typedef struct {
    guint64 hash;       // (value) of what was told
    gint64 end_ms;      // (value) or TABLES_TIME_UNDEFINED
    gboolean elsewhere; // (value)
    guint pass;         // (value) in which it was seen last
} Told;

struct _IntakeAnnounce {
    ChildIntakeChannel *channel; // (unowned)
    TablesDemux *demux;          // (unowned)
    gboolean guide;              // (value)
    gint64 first_us;             // (value) of the first packet, NOTHING_YET
    gint64 round_us;             // (value) of the last round, NOTHING_YET
    gint64 clock_us;             // (value) of the last clock, NOTHING_YET
    guint64 round_hash;          // (value) of the last round
    GHashTable *told;            // (owned) (element-type gint64 Told) by ids
    guint pass;                  // (value)
};

IntakeAnnounce *
intake_announce_new(ChildIntakeChannel *channel, TablesDemux *demux, gboolean guide)
{
    IntakeAnnounce *announce = g_new0(IntakeAnnounce, 1);
    announce->channel = channel;
    announce->demux = demux;
    announce->guide = guide;
    announce->first_us = announce->round_us = announce->clock_us = NOTHING_YET;
    announce->told = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return announce;
}

void
intake_announce_free(IntakeAnnounce *announce)
{
    g_hash_table_unref(announce->told);
    g_free(announce);
}

/* FNV-1a. */
static guint64
hash_bytes(guint64 hash, gconstpointer bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        hash = (hash ^ ((const guint8 *)bytes)[i]) * G_GUINT64_CONSTANT(0x100000001B3);
    return hash;
}

static guint64
hash_text(guint64 hash, const char *text)
{
    return hash_bytes(hash, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

static gint64
or_nothing(gint64 value, gint64 nothing)
{
    return value != nothing ? value : CHILD_FIELDS_NOTHING;
}

static GArray *
copy_streams(const TablesService *service)
{
    GArray *streams = g_array_new(FALSE, TRUE, sizeof(ChildIntakeStream));
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        ChildIntakeStream copy = {.pid = stream->pid, .type = stream->type, .page = stream->page};
        g_strlcpy(copy.kind, tables_stream_get_word(stream->kind), sizeof copy.kind);
        g_strlcpy(copy.codec, stream->codec, sizeof copy.codec);
        // What a broadcaster writes there need not be letters.
        if (strspn(stream->language, CHILD_FIELDS_LETTERS) == strlen(stream->language))
            g_strlcpy(copy.language, stream->language, sizeof copy.language);
        g_array_append_val(streams, copy);
    }
    return streams;
}

static ChildIntakeReport *
describe_service(const TablesService *service)
{
    ChildIntakeReport *report = child_intake_report_new(CHILD_INTAKE_REPORT_SERVICE);
    ChildIntakeService *facts = &report->service;
    facts->service_id = service->service_id;
    facts->name = g_strdup(service->name);
    facts->provider = g_strdup(service->provider);
    facts->kind = g_strdup(tables_service_get_word(tables_service_get_kind(service)));
    facts->encrypted = tables_service_is_encrypted(service);
    facts->scrambled = service->scrambled;
    facts->on_air = service->in_pat;
    facts->hidden = service->hidden;
    facts->channel = or_nothing(service->channel, -1);
    facts->pmt_pid = service->in_pat ? service->pmt_pid : CHILD_FIELDS_NOTHING;
    facts->pcr_pid = service->in_pmt ? service->pcr_pid : CHILD_FIELDS_NOTHING;
    facts->streams = copy_streams(service);
    return report;
}

static ChildIntakeReport *
describe_round(IntakeAnnounce *announce, GPtrArray *services, gboolean whole)
{
    TablesMultiplex *multiplex = tables_demux_get_multiplex(announce->demux);
    ChildIntakeReport *report = child_intake_report_new(CHILD_INTAKE_REPORT_SERVICES_COMPLETE);
    report->transport_stream_id = or_nothing(tables_multiplex_get_id(multiplex), -1);
    report->original_network_id = CHILD_FIELDS_NOTHING;
    for (guint i = 0; i < services->len; i++) {
        const TablesService *service = services->pdata[i];
        if (service->in_sdt)
            report->original_network_id = service->original_network_id;
    }
    report->network = g_strdup(tables_multiplex_get_network(multiplex));
    report->count = services->len;
    report->whole = whole;
    return report;
}

/* All lines of a round, the last one behind the services. */
static GPtrArray *
describe_all(IntakeAnnounce *announce, gboolean whole)
{
    g_autoptr(GPtrArray) services = tables_demux_list_services(announce->demux, FALSE);
    GPtrArray *reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_intake_report_free);
    for (guint i = 0; i < services->len; i++)
        g_ptr_array_add(reports, describe_service(services->pdata[i]));
    g_ptr_array_add(reports, describe_round(announce, services, whole));
    return reports;
}

static void
tell_services(IntakeAnnounce *announce, gint64 now_us)
{
    guint missing = tables_demux_get_missing(announce->demux);
    gboolean late = now_us - announce->first_us >= PATIENCE_US;
    guint64 hash = 0;
    if ((!late && (missing & NAMED) != 0) ||
        (announce->round_us != NOTHING_YET && now_us - announce->round_us < ROUND_US))
        return;
    g_autoptr(GPtrArray) reports =
        describe_all(announce, late || (missing & TABLES_DEMUX_NIT) == 0);
    for (guint i = 0; i < reports->len; i++) {
        g_autofree char *line = child_intake_report_to_line(reports->pdata[i]);
        hash = hash_text(hash, line);
    }
    if (announce->round_us != NOTHING_YET && hash == announce->round_hash)
        return;
    for (guint i = 0; i < reports->len; i++)
        child_intake_channel_send(announce->channel, reports->pdata[i]);
    announce->round_hash = hash;
    announce->round_us = now_us;
}

/* Ids of a programme in one number, and back. */
static gint64
pack_ids(const TablesGuideItem *item)
{
    guint64 ids = (guint64)item->original_network_id << 48 |
                  (guint64)item->transport_stream_id << 32 | (guint64)item->service_id << 16 |
                  item->event->event_id;
    return (gint64)ids;
}

static void
unpack_ids(gint64 packed, ChildIntakeEvent *event)
{
    guint64 ids = (guint64)packed;
    event->original_network_id = (gint64)(ids >> 48);
    event->transport_stream_id = (gint64)(ids >> 32 & 0xFFFF);
    event->service_id = (gint64)(ids >> 16 & 0xFFFF);
    event->event_id = (gint64)(ids & 0xFFFF);
}

static guint64
hash_item(const TablesGuideItem *item, const TablesEventText *text)
{
    const TablesEvent *event = item->event;
    guint64 hash = hash_bytes(0, &event->start_ms, sizeof event->start_ms);
    hash = hash_bytes(hash, &event->duration_ms, sizeof event->duration_ms);
    hash = hash_bytes(hash, &event->running, sizeof event->running);
    hash = hash_bytes(hash, event->genres->data, event->genres->len);
    hash = hash_text(hash, event->programme_crid);
    hash = hash_text(hash, event->series_crid);
    if (text == NULL)
        return hash;
    hash = hash_text(hash, text->title);
    hash = hash_text(hash, text->summary);
    return hash_text(hash, text->description);
}

static gint64
find_age(const TablesEvent *event)
{
    guint8 age = 0;
    for (guint i = 0; i < event->ratings->len; i++)
        age = MAX(age, g_array_index(event->ratings, TablesEventRating, i).age);
    return age;
}

/* A text that may be put into a line as a tag, or nothing. */
static char *
dup_tag(const char *text, const char *letters, gsize most)
{
    gsize length = text != NULL ? strlen(text) : 0;
    return g_strdup(length <= most && length > 0 && strspn(text, letters) == length ? text : "");
}

static void
send_event(IntakeAnnounce *announce, const TablesGuideItem *item, const TablesEventText *text)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_EVENT);
    const TablesEvent *event = item->event;
    ChildIntakeEvent *facts = &report->event;
    unpack_ids(pack_ids(item), facts);
    facts->elsewhere = item->elsewhere;
    facts->following = item->following;
    facts->start_ms = event->start_ms >= 0 ? event->start_ms : CHILD_FIELDS_NOTHING;
    facts->duration_ms = event->duration_ms >= 0 ? event->duration_ms : CHILD_FIELDS_NOTHING;
    facts->title = g_strdup(text != NULL ? text->title : "");
    facts->summary = g_strdup(text != NULL ? text->summary : "");
    facts->description = g_strdup(text != NULL ? text->description : "");
    facts->language = dup_tag(text != NULL ? text->language : NULL, CHILD_FIELDS_LETTERS, 3);
    facts->genre = dup_tag(tables_event_get_genre(event), CHILD_FIELDS_LETTERS, 32);
    facts->age = find_age(event);
    facts->programme_crid = dup_tag(event->programme_crid, CHILD_INTAKE_REPORT_CRID_LETTERS, 255);
    facts->series_crid = dup_tag(event->series_crid, CHILD_INTAKE_REPORT_CRID_LETTERS, 255);
    facts->running = event->running & 7;
    child_intake_channel_send(announce->channel, report);
}

/* Returns: whether a line was sent. */
static gboolean
tell_event(IntakeAnnounce *announce, const TablesGuideItem *item)
{
    const TablesEventText *text = tables_event_find_text(item->event, "tha");
    const TablesEvent *event = item->event;
    gint64 ids = pack_ids(item);
    guint64 hash = hash_item(item, text);
    Told *told = g_hash_table_lookup(announce->told, &ids);
    if (told == NULL) {
        told = g_new0(Told, 1);
        g_hash_table_insert(announce->told, g_memdup2(&ids, sizeof ids), told);
    } else if (told->hash == hash) {
        told->pass = announce->pass;
        return FALSE;
    }
    told->pass = announce->pass;
    told->hash = hash;
    told->elsewhere = item->elsewhere;
    told->end_ms = event->start_ms == TABLES_TIME_UNDEFINED
                       ? TABLES_TIME_UNDEFINED
                       : event->start_ms + MAX(event->duration_ms, 0);
    send_event(announce, item, text);
    return TRUE;
}

/* What has been on the air stays in the catalogue; what was yet to come was taken back. */
static void
tell_gone(IntakeAnnounce *announce)
{
    gint64 now_ms = tables_demux_get_clock(announce->demux)->now_ms;
    GHashTableIter iter;
    gpointer ids = NULL, value = NULL;
    g_hash_table_iter_init(&iter, announce->told);
    while (g_hash_table_iter_next(&iter, &ids, &value)) {
        const Told *told = value;
        if (told->pass == announce->pass)
            continue;
        if (told->end_ms == TABLES_TIME_UNDEFINED ||
            (now_ms != TABLES_TIME_UNDEFINED && told->end_ms > now_ms)) {
            g_autoptr(ChildIntakeReport) report =
                child_intake_report_new(CHILD_INTAKE_REPORT_EVENT_GONE);
            unpack_ids(*(gint64 *)ids, &report->event);
            report->event.elsewhere = told->elsewhere;
            child_intake_channel_send(announce->channel, report);
        }
        g_hash_table_iter_remove(&iter);
    }
}

static void
tell_events(IntakeAnnounce *announce)
{
    g_autoptr(GArray) items = tables_guide_list(tables_demux_get_guide(announce->demux));
    guint sent = 0;
    announce->pass++;
    for (guint i = 0; i < items->len; i++) {
        if (sent >= EVENTS_AT_ONCE || !child_intake_channel_has_room(announce->channel))
            return; // the next pass goes on, and only a whole pass knows what is gone
        sent += tell_event(announce, &g_array_index(items, TablesGuideItem, i)) ? 1 : 0;
    }
    tell_gone(announce);
}

static void
tell_clock(IntakeAnnounce *announce, gint64 now_us)
{
    gint64 now_ms = tables_demux_get_clock(announce->demux)->now_ms;
    if (now_ms == TABLES_TIME_UNDEFINED || now_ms < 0 ||
        (announce->clock_us != NOTHING_YET && now_us - announce->clock_us < CLOCK_US))
        return;
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_CLOCK);
    report->stream_ms = now_ms;
    child_intake_channel_send(announce->channel, report);
    announce->clock_us = now_us;
}

void
intake_announce_tell(IntakeAnnounce *announce, gint64 now_us)
{
    if (tables_health_get_total(tables_demux_get_health(announce->demux)).packets == 0)
        return;
    if (announce->first_us == NOTHING_YET)
        announce->first_us = now_us;
    tell_clock(announce, now_us);
    tell_services(announce, now_us);
    // Programmes of a service that the parent does not know yet would be lost on it.
    if (announce->guide && announce->round_us != NOTHING_YET)
        tell_events(announce);
}

void
intake_announce_repeat(IntakeAnnounce *announce)
{
    announce->round_us = NOTHING_YET;
}
