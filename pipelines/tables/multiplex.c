// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is named appears at once; what is no longer named goes when a new version of its table is
// whole. Called by demux.c.
#include "pipelines/tables/multiplex.h"

#include "pipelines/tables/naming.h"
#include "pipelines/tables/packet.h"

#define PAT_PID 0x0000
#define NIT_PID 0x0010
#define SDT_PID 0x0011
#define LOWEST_FREE_PID 0x0010 // below are PAT, CAT and what is reserved
#define CHANNELS_MAX 8192
#define ELSEWHERE_BIT (G_GUINT64_CONSTANT(1) << 48)

enum {
    PAT = 0x00,
    PMT = 0x02,
    NIT_ACTUAL = 0x40,
    SDT_ACTUAL = 0x42,
    SDT_OTHER = 0x46,
    BAT = 0x4A,
};

/* Which sections of the newest version came. */
typedef struct {
    gboolean known;    // (value)
    guint8 version;    // (value)
    guint8 last;       // (value)
    guint16 extension; // (value)
    guint32 got[8];    // (value) a bit a section
    guint round;       // (value) counts versions
} Progress;

typedef struct {
    guint16 number;   // (value)
    gboolean visible; // (value)
} Channel;

struct _TablesMultiplex {
    TablesTextCode fallback; // (value)
    GHashTable *services;    // (owned) (element-type guint64 TablesService)
    GHashTable *channels;    // (owned) (element-type guint64 Channel)
    guint elsewhere;         // (value) services of others
    Progress pat;            // (value)
    Progress sdt;            // (value) of this multiplex
    char *network;           // (owned)
    int network_id;          // (value) -1: no NIT
    guint16 nit_pid;         // (value)
};

TablesMultiplex *
tables_multiplex_new(TablesTextCode fallback)
{
    TablesMultiplex *multiplex = g_new0(TablesMultiplex, 1);
    multiplex->fallback = fallback;
    multiplex->services = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                                (GDestroyNotify)tables_service_free);
    multiplex->channels = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    multiplex->network = g_strdup("");
    multiplex->network_id = -1;
    multiplex->nit_pid = NIT_PID;
    return multiplex;
}

void
tables_multiplex_free(TablesMultiplex *multiplex)
{
    g_hash_table_unref(multiplex->services);
    g_hash_table_unref(multiplex->channels);
    g_free(multiplex->network);
    g_free(multiplex);
}

static guint64
make_key(guint16 network, guint16 transport, guint16 service)
{
    return (guint64)network << 32 | (guint64)transport << 16 | service;
}

static void
note_progress(Progress *progress, const TablesSection *section)
{
    gboolean same = progress->known && progress->version == section->version &&
                    progress->last == section->last && progress->extension == section->extension;
    if (!same) {
        *progress = (Progress){
            .known = TRUE,
            .version = section->version,
            .last = section->last,
            .extension = section->extension,
            .round = progress->round + 1,
        };
    }
    progress->got[section->number / 32] |= 1u << section->number % 32;
}

static gboolean
is_whole(const Progress *progress)
{
    for (guint i = 0; i <= progress->last; i++)
        if ((progress->got[i / 32] & 1u << i % 32) == 0)
            return FALSE;
    return TRUE;
}

/* Returns: (nullable): NULL when there are too many. */
static TablesService *
ensure_service(TablesMultiplex *multiplex, guint64 key)
{
    TablesService *service = g_hash_table_lookup(multiplex->services, &key);
    gboolean elsewhere = (key & ELSEWHERE_BIT) != 0;
    guint here = g_hash_table_size(multiplex->services) - multiplex->elsewhere;
    gboolean full = elsewhere ? multiplex->elsewhere >= 4 * TABLES_MULTIPLEX_SERVICES_MAX
                              : here >= TABLES_MULTIPLEX_SERVICES_MAX;
    if (service != NULL || full)
        return service;
    service = tables_service_new(key & 0xFFFF);
    service->elsewhere = elsewhere;
    multiplex->elsewhere += elsewhere;
    g_hash_table_insert(multiplex->services, g_memdup2(&key, sizeof key), service);
    return service;
}

/* Forgets what the newest PAT or SDT no longer has. */
static void
sweep(TablesMultiplex *multiplex, gboolean by_pat)
{
    GHashTableIter iter;
    TablesService *service = NULL;
    g_hash_table_iter_init(&iter, multiplex->services);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&service)) {
        if (service->elsewhere)
            continue;
        if (by_pat && service->in_pat && service->pat_round != multiplex->pat.round) {
            service->in_pat = FALSE;
            tables_service_forget_pmt(service);
        }
        if (!by_pat && service->sdt_round != multiplex->sdt.round)
            service->in_sdt = FALSE;
        if (!service->in_pat && !service->in_sdt)
            g_hash_table_iter_remove(&iter);
    }
}

static void
take_programme(TablesMultiplex *multiplex, guint16 number, guint16 pid)
{
    if (pid < LOWEST_FREE_PID || pid == TABLES_PACKET_NULL_PID)
        return;
    if (number == 0) {
        multiplex->nit_pid = pid;
        return;
    }
    TablesService *service = ensure_service(multiplex, number);
    if (service == NULL)
        return;
    if (service->pmt_pid != pid)
        tables_service_forget_pmt(service);
    service->in_pat = TRUE;
    service->pat_round = multiplex->pat.round;
    service->transport_stream_id = multiplex->pat.extension;
    service->pmt_pid = pid;
}

static void
take_pat(TablesMultiplex *multiplex, const TablesSection *section)
{
    TablesBytes body = section->body;
    guint32 number = 0, pid = 0;
    note_progress(&multiplex->pat, section);
    while (tables_bytes_take_integer(&body, 2, &number) &&
           tables_bytes_take_integer(&body, 2, &pid))
        take_programme(multiplex, (guint16)number, pid & TABLES_PACKET_NULL_PID);
    if (is_whole(&multiplex->pat))
        sweep(multiplex, TRUE);
}

static void
rename_to(char **name, const char *other)
{
    if (other == NULL || g_strcmp0(*name, other) == 0)
        return;
    g_free(*name);
    *name = g_strdup(other);
}

static void
apply_entry(TablesService *service, const TablesNamingService *entry)
{
    service->in_sdt = TRUE;
    service->transport_stream_id = entry->transport_stream_id;
    service->original_network_id = entry->original_network_id;
    service->type = entry->type;
    service->running = entry->running;
    service->free_ca = entry->free_ca;
    rename_to(&service->name, entry->name);
    rename_to(&service->provider, entry->provider);
}

static void
take_entry_here(const TablesNamingService *entry, gpointer data)
{
    TablesMultiplex *multiplex = data;
    TablesService *service = ensure_service(multiplex, entry->service_id);
    if (service == NULL)
        return;
    apply_entry(service, entry);
    service->sdt_round = multiplex->sdt.round;
}

static void
take_entry_elsewhere(const TablesNamingService *entry, gpointer data)
{
    guint64 key = ELSEWHERE_BIT | make_key(entry->original_network_id, entry->transport_stream_id,
                                           entry->service_id);
    TablesService *service = ensure_service(data, key);
    if (service != NULL)
        apply_entry(service, entry);
}

static void
take_sdt(TablesMultiplex *multiplex, const TablesSection *section)
{
    if (section->table_id == SDT_OTHER) {
        tables_naming_read_sdt(section, multiplex->fallback, take_entry_elsewhere, multiplex);
        return;
    }
    note_progress(&multiplex->sdt, section);
    tables_naming_read_sdt(section, multiplex->fallback, take_entry_here, multiplex);
    if (is_whole(&multiplex->sdt))
        sweep(multiplex, FALSE);
}

static void
take_channel(const TablesNamingChannel *named, gpointer data)
{
    TablesMultiplex *multiplex = data;
    guint64 key =
        make_key(named->original_network_id, named->transport_stream_id, named->service_id);
    Channel *channel = g_hash_table_lookup(multiplex->channels, &key);
    if (channel == NULL && g_hash_table_size(multiplex->channels) >= CHANNELS_MAX)
        return;
    if (channel == NULL) {
        channel = g_new0(Channel, 1);
        g_hash_table_insert(multiplex->channels, g_memdup2(&key, sizeof key), channel);
    }
    *channel = (Channel){.number = named->channel, .visible = named->visible};
}

static void
take_nit(TablesMultiplex *multiplex, const TablesSection *section)
{
    g_autofree char *name =
        tables_naming_read_nit(section, multiplex->fallback, take_channel, multiplex);
    if (section->table_id != NIT_ACTUAL)
        return;
    multiplex->network_id = section->extension;
    rename_to(&multiplex->network, name);
}

static gboolean
take_pmt(TablesMultiplex *multiplex, const TablesSection *section, guint16 pid)
{
    TablesService *service = tables_multiplex_find(multiplex, section->extension);
    if (service == NULL || !service->in_pat || service->pmt_pid != pid || section->last != 0)
        return FALSE;
    return tables_service_apply_pmt(service, section);
}

gboolean
tables_multiplex_take(TablesMultiplex *multiplex, const TablesSection *section, guint16 pid)
{
    if (!section->numbered || !section->current)
        return FALSE;
    gboolean nit_place = pid == NIT_PID || pid == multiplex->nit_pid;
    if (section->table_id == PMT)
        return take_pmt(multiplex, section, pid);
    if (section->table_id == PAT && pid == PAT_PID)
        take_pat(multiplex, section);
    else if ((section->table_id == SDT_ACTUAL || section->table_id == SDT_OTHER) && pid == SDT_PID)
        take_sdt(multiplex, section);
    else if ((section->table_id == NIT_ACTUAL && nit_place) ||
             (section->table_id == BAT && pid == SDT_PID))
        take_nit(multiplex, section);
    else
        return FALSE;
    return TRUE;
}

static int
compare_services(gconstpointer a, gconstpointer b)
{
    const TablesService *one = *(TablesService *const *)a, *two = *(TablesService *const *)b;
    gint64 order = (gint64)one->elsewhere - two->elsewhere;
    if (order == 0 && one->elsewhere)
        order = (gint64)make_key(one->original_network_id, one->transport_stream_id, 0) -
                (gint64)make_key(two->original_network_id, two->transport_stream_id, 0);
    if (order == 0)
        order = (gint64)one->service_id - two->service_id;
    return order < 0 ? -1 : order > 0;
}

GPtrArray *
tables_multiplex_list(TablesMultiplex *multiplex, gboolean elsewhere)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    TablesService *service = NULL;
    g_hash_table_iter_init(&iter, multiplex->services);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&service)) {
        if (service->elsewhere && !elsewhere)
            continue;
        guint64 key = make_key(service->original_network_id, service->transport_stream_id,
                               service->service_id);
        const Channel *channel = g_hash_table_lookup(multiplex->channels, &key);
        service->channel = channel != NULL ? channel->number : -1;
        service->hidden = channel != NULL && !channel->visible;
        g_ptr_array_add(list, service);
    }
    g_ptr_array_sort(list, compare_services);
    return list;
}

TablesService *
tables_multiplex_find(TablesMultiplex *multiplex, guint16 service_id)
{
    guint64 key = service_id;
    return g_hash_table_lookup(multiplex->services, &key);
}

guint16
tables_multiplex_get_nit_pid(const TablesMultiplex *multiplex)
{
    return multiplex->nit_pid;
}

int
tables_multiplex_get_id(const TablesMultiplex *multiplex)
{
    return multiplex->pat.known ? multiplex->pat.extension : -1;
}

const char *
tables_multiplex_get_network(const TablesMultiplex *multiplex)
{
    return multiplex->network;
}

int
tables_multiplex_get_network_id(const TablesMultiplex *multiplex)
{
    return multiplex->network_id;
}
