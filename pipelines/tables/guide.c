// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each event remembers the sections that named it: present/following and schedule. When a section
// comes anew without the event, or its segment or table shrinks, that claim is gone; without a
// claim the event goes, unless it has already been on the air. Called by demux.c.
#include "pipelines/tables/guide.h"

#include <string.h>

#include "pipelines/tables/merge.h"
#include "pipelines/tables/time.h"

#define FOLLOWING_ACTUAL 0x4E
#define FOLLOWING_OTHER 0x4F
#define SCHEDULE_ACTUAL 0x50
#define SCHEDULE_OTHER 0x60
#define SCHEDULE_LAST 0x6F
#define TABLES_A_SERVICE 17 // present/following and sixteen of the schedule
#define SECTIONS 256
#define SEGMENT_SECTIONS 8
#define NO_CLAIM (-1)
#define ENTRY_BYTES 128 // an entry and its place in the hash, about

/* What came of one table of one service. */
typedef struct {
    guint8 version;             // (value)
    guint8 last;                // (value)
    guint32 got[SECTIONS / 32]; // (value) a bit a section
    guint32 sums[SECTIONS];     // (value) check sums of them
} Table;

typedef struct {
    guint16 service_id;              // (value)
    guint16 transport_stream_id;     // (value)
    guint16 original_network_id;     // (value)
    gboolean elsewhere;              // (value)
    Table *tables[TABLES_A_SERVICE]; // (owned) (nullable)
    GHashTable *entries;             // (owned) (element-type guint Entry) by event id
} Service;

typedef struct {
    TablesEvent *event; // (owned)
    int following;      // (value) section of present/following, or NO_CLAIM
    int schedule;       // (value) table × 256 + section, or NO_CLAIM
    guint64 pass;       // (value) of the section that named it last
} Entry;

/* The section at work. */
typedef struct {
    Service *service;             // (unowned)
    const TablesSection *section; // (unowned)
    guint table;                  // (value) 0: present/following, else 1 to 16
    guint8 segment_last;          // (value)
    guint8 table_last;            // (value) last_table_id
} Work;

struct _TablesGuide {
    TablesGuideSettings settings; // (value)
    GHashTable *services;         // (owned) (element-type guint64 Service)
    gint64 now_ms;                // (value) or TABLES_TIME_UNDEFINED
    guint64 pass;                 // (value) counts sections
    guint64 refused;              // (value)
    gsize bytes;                  // (value)
    guint count;                  // (value) of events
};

static void
free_entry(gpointer data)
{
    Entry *entry = data;
    g_clear_pointer(&entry->event, tables_event_free);
    g_free(entry);
}

static void
free_service(gpointer data)
{
    Service *service = data;
    for (guint i = 0; i < TABLES_A_SERVICE; i++)
        g_free(service->tables[i]);
    g_hash_table_unref(service->entries);
    g_free(service);
}

TablesGuide *
tables_guide_new(const TablesGuideSettings *settings)
{
    TablesGuide *guide = g_new0(TablesGuide, 1);
    guide->settings = *settings;
    guide->now_ms = TABLES_TIME_UNDEFINED;
    guide->services = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_service);
    return guide;
}

void
tables_guide_free(TablesGuide *guide)
{
    g_hash_table_unref(guide->services);
    g_free(guide);
}

static gint64
find_end(const TablesEvent *event)
{
    if (event->start_ms == TABLES_TIME_UNDEFINED)
        return G_MAXINT64;
    return event->start_ms + MAX(event->duration_ms, 0);
}

static void
uncount(TablesGuide *guide, const Entry *entry)
{
    guide->bytes -= entry->event->bytes + ENTRY_BYTES;
    guide->count--;
}

static gboolean
is_over(const TablesGuide *guide, const TablesEvent *event, gint64 keep_ms)
{
    gint64 end = find_end(event);
    return guide->now_ms != TABLES_TIME_UNDEFINED && end != G_MAXINT64 &&
           keep_ms < guide->now_ms - end;
}

/* Removes what ended more than @keep_ms ago. */
static void
purge(TablesGuide *guide, gint64 keep_ms)
{
    GHashTableIter services, entries;
    Service *service = NULL;
    Entry *entry = NULL;
    g_hash_table_iter_init(&services, guide->services);
    while (g_hash_table_iter_next(&services, NULL, (gpointer *)&service)) {
        g_hash_table_iter_init(&entries, service->entries);
        while (g_hash_table_iter_next(&entries, NULL, (gpointer *)&entry)) {
            if (!is_over(guide, entry->event, keep_ms))
                continue;
            uncount(guide, entry);
            g_hash_table_iter_remove(&entries);
        }
    }
}

void
tables_guide_set_now(TablesGuide *guide, gint64 now_ms)
{
    gboolean minute =
        guide->now_ms == TABLES_TIME_UNDEFINED || now_ms / 60000 != guide->now_ms / 60000;
    guide->now_ms = now_ms;
    if (minute && guide->settings.keep_ms != G_MAXINT64)
        purge(guide, guide->settings.keep_ms);
}

static gboolean
make_room(TablesGuide *guide, gsize bytes)
{
    if (guide->bytes + bytes > guide->settings.bytes_max)
        purge(guide, 0);
    return guide->bytes + bytes <= guide->settings.bytes_max;
}

/* Returns: (nullable): NULL when there are too many. */
static Service *
ensure_service(TablesGuide *guide, guint16 service_id, guint16 transport, guint16 network)
{
    guint64 key = (guint64)network << 32 | (guint64)transport << 16 | service_id;
    Service *service = g_hash_table_lookup(guide->services, &key);
    if (service != NULL || g_hash_table_size(guide->services) >= TABLES_GUIDE_SERVICES_MAX ||
        !make_room(guide, sizeof *service))
        return service;
    service = g_new0(Service, 1);
    service->service_id = service_id;
    service->transport_stream_id = transport;
    service->original_network_id = network;
    service->entries = g_hash_table_new_full(NULL, NULL, NULL, free_entry);
    guide->bytes += sizeof *service;
    g_hash_table_insert(guide->services, g_memdup2(&key, sizeof key), service);
    return service;
}

/* What has been on the air is remembered, even when the tables no longer name it. */
static gboolean
was_shown(const TablesGuide *guide, const Work *work, const TablesEvent *event)
{
    if (is_over(guide, event, -1))
        return TRUE;
    GHashTableIter iter;
    Entry *entry = NULL;
    g_hash_table_iter_init(&iter, work->service->entries);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&entry))
        if (entry->following == 0 && event->start_ms < entry->event->start_ms &&
            event->start_ms != TABLES_TIME_UNDEFINED)
            return TRUE;
    return FALSE;
}

/* Takes the claim of sections @first to @last of a table from all events but those just named. */
static void
release(TablesGuide *guide, const Work *work, guint table, guint first, guint last)
{
    GHashTableIter iter;
    Entry *entry = NULL;
    g_hash_table_iter_init(&iter, work->service->entries);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&entry)) {
        int *claim = table == 0 ? &entry->following : &entry->schedule;
        int low = (int)(table * SECTIONS + first), high = (int)(table * SECTIONS + last);
        if (entry->pass == guide->pass || *claim < low || *claim > high)
            continue;
        *claim = NO_CLAIM;
        gboolean named = entry->following != NO_CLAIM || entry->schedule != NO_CLAIM;
        if (named || was_shown(guide, work, entry->event))
            continue;
        uncount(guide, entry);
        g_hash_table_iter_remove(&iter);
    }
}

static void
replace_event(TablesGuide *guide, Entry *entry, TablesEvent *event)
{
    guide->bytes -= entry->event->bytes;
    tables_event_free(entry->event);
    entry->event = event;
    guide->bytes += event->bytes;
}

/* Times of present/following are newer than those of the schedule; texts fill each other's gaps. */
static void
renew(TablesGuide *guide, Entry *entry, TablesEvent *event, gboolean following)
{
    gboolean other_source = following ? entry->following == NO_CLAIM : entry->following != NO_CLAIM;
    if (!other_source) {
        replace_event(guide, entry, event);
    } else if (following) {
        tables_merge_fill_gaps(event, entry->event);
        replace_event(guide, entry, event);
    } else {
        guide->bytes -= entry->event->bytes;
        tables_merge_fill_gaps(entry->event, event);
        guide->bytes += entry->event->bytes;
        tables_event_free(event);
    }
}

/* Takes @event, which is freed when there is no room. */
static void
put(TablesGuide *guide, const Work *work, TablesEvent *event)
{
    gpointer key = GUINT_TO_POINTER((guint)event->event_id + 1);
    Entry *entry = g_hash_table_lookup(work->service->entries, key);
    gboolean full = g_hash_table_size(work->service->entries) >= TABLES_GUIDE_EVENTS_MAX;
    if (entry == NULL && (full || !make_room(guide, event->bytes + ENTRY_BYTES))) {
        guide->refused++;
        tables_event_free(event);
        return;
    }
    if (entry == NULL) {
        entry = g_new0(Entry, 1);
        *entry = (Entry){.event = event, .following = NO_CLAIM, .schedule = NO_CLAIM};
        guide->bytes += event->bytes + ENTRY_BYTES;
        guide->count++;
        g_hash_table_insert(work->service->entries, key, entry);
    } else {
        renew(guide, entry, event, work->table == 0);
    }
    entry->pass = guide->pass;
    if (work->table == 0)
        entry->following = work->section->number;
    else
        entry->schedule = (int)(work->table * SECTIONS + work->section->number);
}

/* Returns: (nullable): NULL when the section came before or there is no room. */
static Table *
note_section(TablesGuide *guide, const Work *work)
{
    const TablesSection *section = work->section;
    Table **table = &work->service->tables[work->table];
    if (*table == NULL) {
        if (!make_room(guide, sizeof **table)) {
            guide->refused++;
            return NULL;
        }
        *table = g_new0(Table, 1);
        (*table)->version = section->version;
        (*table)->last = section->last;
        guide->bytes += sizeof **table;
    }
    guint32 bit = 1u << section->number % 32;
    guint32 *got = &(*table)->got[section->number / 32];
    if ((*table)->version != section->version) {
        memset((*table)->got, 0, sizeof(*table)->got);
        if (section->last < (*table)->last)
            release(guide, work, work->table, section->last + 1u, SECTIONS - 1);
        (*table)->version = section->version;
    } else if ((*got & bit) != 0 && (*table)->sums[section->number] == section->sum) {
        return NULL;
    }
    (*table)->last = section->last;
    (*table)->sums[section->number] = section->sum;
    *got |= bit;
    return *table;
}

/* Segments that end earlier and tables that are no longer there (§5.2.4). */
static void
release_rest(TablesGuide *guide, const Work *work)
{
    guint number = work->section->number, end = number | (SEGMENT_SECTIONS - 1);
    guint group = work->section->table_id & 0xF0;
    if (work->table == 0)
        return;
    if (work->segment_last >= number && work->segment_last < end)
        release(guide, work, work->table, work->segment_last + 1u, end);
    if ((work->table_last & 0xF0u) != group || work->table_last < work->section->table_id)
        return;
    for (guint i = (work->table_last & 0x0Fu) + 2; i < TABLES_A_SERVICE; i++) {
        if (work->service->tables[i] == NULL)
            continue;
        release(guide, work, i, 0, SECTIONS - 1);
        g_clear_pointer(&work->service->tables[i], g_free);
        guide->bytes -= sizeof(Table);
    }
}

gboolean
tables_guide_take(TablesGuide *guide, const TablesSection *section)
{
    TablesBytes body = section->body;
    guint32 transport = 0, network = 0, segment_last = 0, table_last = 0;
    if (!section->numbered || !section->current || section->table_id < FOLLOWING_ACTUAL ||
        section->table_id > SCHEDULE_LAST || !tables_bytes_take_integer(&body, 2, &transport) ||
        !tables_bytes_take_integer(&body, 2, &network) ||
        !tables_bytes_take_integer(&body, 1, &segment_last) ||
        !tables_bytes_take_integer(&body, 1, &table_last))
        return FALSE;
    Service *service =
        ensure_service(guide, section->extension, (guint16)transport, (guint16)network);
    gboolean following = section->table_id < SCHEDULE_ACTUAL;
    Work work = {
        .service = service,
        .section = section,
        .table = following ? 0 : (section->table_id & 0x0Fu) + 1,
        .segment_last = (guint8)segment_last,
        .table_last = (guint8)table_last,
    };
    guide->pass++;
    guide->refused += service == NULL;
    if (service == NULL || note_section(guide, &work) == NULL)
        return TRUE;
    service->elsewhere =
        section->table_id == FOLLOWING_OTHER || section->table_id >= SCHEDULE_OTHER;
    TablesEvent *event = NULL;
    while ((event = tables_event_take(&body, guide->settings.fallback)) != NULL)
        put(guide, &work, event);
    release(guide, &work, work.table, section->number, section->number);
    release_rest(guide, &work);
    return TRUE;
}

static int
compare_items(gconstpointer a, gconstpointer b)
{
    const TablesGuideItem *one = a, *two = b;
    if (one->elsewhere != two->elsewhere)
        return one->elsewhere ? 1 : -1;
    if (one->original_network_id != two->original_network_id)
        return one->original_network_id < two->original_network_id ? -1 : 1;
    if (one->transport_stream_id != two->transport_stream_id)
        return one->transport_stream_id < two->transport_stream_id ? -1 : 1;
    if (one->service_id != two->service_id)
        return one->service_id < two->service_id ? -1 : 1;
    if (one->event->start_ms != two->event->start_ms)
        return one->event->start_ms < two->event->start_ms ? -1 : 1;
    return (int)one->event->event_id - (int)two->event->event_id;
}

GArray *
tables_guide_list(const TablesGuide *guide)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(TablesGuideItem));
    GHashTableIter services, entries;
    Service *service = NULL;
    Entry *entry = NULL;
    g_hash_table_iter_init(&services, guide->services);
    while (g_hash_table_iter_next(&services, NULL, (gpointer *)&service)) {
        g_hash_table_iter_init(&entries, service->entries);
        while (g_hash_table_iter_next(&entries, NULL, (gpointer *)&entry)) {
            TablesGuideItem item = {
                .service_id = service->service_id,
                .transport_stream_id = service->transport_stream_id,
                .original_network_id = service->original_network_id,
                .elsewhere = service->elsewhere,
                .following = entry->following != NO_CLAIM,
                .event = entry->event,
            };
            g_array_append_val(list, item);
        }
    }
    g_array_sort(list, compare_items);
    return list;
}

guint
tables_guide_get_count(const TablesGuide *guide)
{
    return guide->count;
}

gsize
tables_guide_get_bytes(const TablesGuide *guide)
{
    return guide->bytes;
}

guint64
tables_guide_get_refused(const TablesGuide *guide)
{
    return guide->refused;
}
