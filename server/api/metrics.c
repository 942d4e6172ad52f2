// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names by Prometheus' conventions: base units, `_total` for what only grows. A child that begins
// anew begins its counters anew, as rate() expects.
#include "server/api/metrics.h"

#include <math.h>
#include <string.h>

#include "catalog/accounts.h"
#include "catalog/joblist.h"
#include "catalog/lessonlist.h"
#include "server/api/call.h"
#include "server/api/healthviews.h"
#include "server/api/peer.h"
#include "server/api/problem.h"
#include "server/api/prometheus.h"
#include "server/flows/health.h"
#include "server/flows/live.h"

typedef struct {
    CatalogJoblistCounts jobs; // by state
    gint64 lessons;            // not withdrawn
    gint64 accounts;           // disabled ones too
    gint64 free_bytes;         // on the data folder's disk
    gint64 total_bytes;        // of that disk
    GPtrArray *subjects;       // (owned) (element-type ApiHealthviews)
} Figures;

/* One gauge or counter of a multiplex or channel. */
typedef struct {
    const char *name; // static
    const char *type; // static
    const char *help; // static
    double value;     // (value) of the subject at hand, NAN: none
} Sample;

static void
free_figures(gpointer data)
{
    Figures *figures = data;
    g_clear_pointer(&figures->subjects, g_ptr_array_unref);
    g_free(figures);
}

static gboolean
read_figures(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Figures *figures = g_new0(Figures, 1);
    api_call_set_result(call, figures, free_figures);
    figures->subjects = api_healthviews_list(database, error);
    return figures->subjects != NULL && catalog_joblist_count(database, &figures->jobs, error) &&
           catalog_lessonlist_count(database, &figures->lessons, error) &&
           catalog_accounts_count(database, &figures->accounts, error) &&
           server_storage_measure_disk(server_app_get_storage(call->app), &figures->free_bytes,
                                       &figures->total_bytes, error);
}

static void
add_all(GString *text, const Sample *samples, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        api_prometheus_open(text, samples[i].name, samples[i].type, samples[i].help);
        api_prometheus_add(text, samples[i].name, NULL, samples[i].value);
    }
}

static void
add_server(GString *text, const Figures *figures, const HttpServerStats *stats)
{
    static const char *const version[] = {"version", DAORIAN_VERSION, NULL};
    const Sample samples[] = {
        {"connections", "gauge", "Connections open now.", (double)stats->connections},
        {"connections_accepted_total", "counter", "Connections ever accepted.",
         (double)stats->accepted},
        {"connections_refused_total", "counter", "Connections over a cap.", (double)stats->refused},
        {"bad_heads_total", "counter", "Malformed heads refused.", (double)stats->bad_heads},
        {"requests_total", "counter", "Requests answered.", (double)stats->requests},
        {"media_bytes_total", "counter", "Bytes of media sent.", (double)stats->bytes_sent},
        {"jobs_queued", "gauge", "Jobs that wait.", (double)figures->jobs.queued},
        {"jobs_running", "gauge", "Jobs under way.", (double)figures->jobs.running},
        {"jobs_failed", "gauge", "Jobs given up.", (double)figures->jobs.failed},
        {"lessons", "gauge", "Lessons not withdrawn.", (double)figures->lessons},
        {"accounts", "gauge", "Accounts.", (double)figures->accounts},
        {"disk_free_bytes", "gauge", "Free space of the data folder.", (double)figures->free_bytes},
        {"disk_size_bytes", "gauge", "Size of the data folder's disk.",
         (double)figures->total_bytes},
    };
    api_prometheus_open(text, "build_info", "gauge", "The version that runs.");
    api_prometheus_add(text, "build_info", version, 1);
    add_all(text, samples, G_N_ELEMENTS(samples));
}

/* What is unknown before the first packet is left out. */
static double
maybe(gint64 value)
{
    return value == CHILD_FIELDS_NOTHING ? NAN : (double)value;
}

static GArray *
sample_multiplex(ApiCall *call, const ApiHealthviews *subject)
{
    g_autoptr(FlowsIntakeStatus) status =
        flows_intake_get_status(server_app_get_intake(call->app), subject->id);
    const ChildIntakeHealth *health = &status->health;
    gint64 jitter_us = flows_intake_status_get_jitter_us(status);
    const Sample samples[] = {
        {"multiplex_receiving", "gauge", "1 while packets come.",
         status->state == FLOWS_INTAKE_STATE_RECEIVING},
        {"multiplex_locked", "gauge", "1 while the tuner has a signal, or where there is none.",
         health->locked},
        {"multiplex_bits_per_second", "gauge", "Bits of the last second.",
         (double)health->bits_per_second},
        {"multiplex_signal_level", "gauge", "Of the tuner, 0 to 255.", maybe(health->level)},
        {"multiplex_signal_quality", "gauge", "Of the tuner, 0 to 15.", maybe(health->quality)},
        {"multiplex_carrier_to_noise_db", "gauge", "Of the tuner.", health->cn_db},
        {"multiplex_bit_error_ratio", "gauge", "Before correction.", health->ber},
        {"multiplex_packets_total", "counter", "Packets since the receiver began.",
         (double)health->packets},
        {"multiplex_continuity_errors_total", "counter", "Places where packets are missing.",
         (double)health->cc_errors},
        {"multiplex_damaged_packets_total", "counter", "Packets that came damaged.",
         (double)health->tei_packets},
        {"multiplex_sync_losses_total", "counter", "Times that packets were not found.",
         (double)health->sync_losses},
        {"multiplex_broken_sections_total", "counter", "Tables with a wrong checksum.",
         (double)health->broken_sections},
        {"multiplex_dropped_packets_total", "counter", "Packets a slow encoder did not take.",
         (double)health->dropped_packets},
        {"multiplex_clock_jitter_seconds", "gauge", "Largest of the last seconds.",
         jitter_us == CHILD_FIELDS_NOTHING ? NAN : (double)jitter_us / 1e6},
    };
    GArray *array = g_array_new(FALSE, FALSE, sizeof(Sample));
    return g_array_append_vals(array, samples, G_N_ELEMENTS(samples));
}

static GArray *
sample_channel(ApiCall *call, const ApiHealthviews *subject)
{
    g_autoptr(FlowsLiveStatus) status =
        flows_live_get_status(server_app_get_live(call->app), subject->id);
    gboolean told = status->speed_permille > 0;
    const Sample samples[] = {
        {"channel_on_air", "gauge", "1 while segments come.",
         status->state == FLOWS_LIVE_STATE_ON_AIR},
        {"channel_resting", "gauge", "1 while it does not run because nobody watches.",
         status->state == FLOWS_LIVE_STATE_RESTING},
        {"channel_encoder_speed_ratio", "gauge", "Media time a busy second.",
         told ? (double)status->speed_permille / 1000 : NAN},
        {"channel_encoder_delay_seconds", "gauge", "Age of the packet at work.",
         told ? (double)status->behind_ms / 1000 : NAN},
        {"channel_last_picture_timestamp_seconds", "gauge", "When the last picture was decoded.",
         status->last_picture_ms > 0 ? (double)status->last_picture_ms / 1000 : NAN},
        {"channel_continuity_errors_total", "counter", "Places where packets are missing.",
         (double)status->cc_errors},
        {"channel_damaged_units_total", "counter", "Pictures and sounds that were not decoded.",
         (double)status->damaged},
        {"channel_encoder_restarts_total", "counter", "Encoders that ended.", status->restarts},
        {"channel_window_bytes", "gauge", "What can be rewound to, on the disk.",
         (double)status->figures.bytes},
        {"channel_window_seconds", "gauge", "What can be rewound to, in time.",
         (double)status->figures.duration_ms / 1000},
    };
    GArray *array = g_array_new(FALSE, FALSE, sizeof(Sample));
    return g_array_append_vals(array, samples, G_N_ELEMENTS(samples));
}

/* A family is whole before the next begins. */
static void
add_families(GString *text, ApiCall *call, FlowsHealthKind kind)
{
    const Figures *figures = call->result;
    const char *word = flows_health_figures_get_word(kind);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < figures->subjects->len; i++) {
        const ApiHealthviews *subject = figures->subjects->pdata[i];
        if (subject->kind != kind)
            continue;
        g_ptr_array_add(rows, kind == FLOWS_HEALTH_MULTIPLEX ? sample_multiplex(call, subject)
                                                             : sample_channel(call, subject));
        g_ptr_array_add(names, (gpointer)subject);
    }
    guint families = rows->len > 0 ? ((GArray *)rows->pdata[0])->len : 0;
    for (guint family = 0; family < families; family++) {
        const Sample *first = &g_array_index((GArray *)rows->pdata[0], Sample, family);
        api_prometheus_open(text, first->name, first->type, first->help);
        for (guint i = 0; i < rows->len; i++) {
            const ApiHealthviews *subject = names->pdata[i];
            const char *const labels[] = {word, subject->slug != NULL ? subject->slug : subject->id,
                                          "name", subject->name, NULL};
            api_prometheus_add(text, first->name, labels,
                               g_array_index((GArray *)rows->pdata[i], Sample, family).value);
        }
    }
}

static void
add_viewers(GString *text, ApiCall *call)
{
    const Figures *figures = call->result;
    FlowsViewers *viewers = flows_health_get_viewers(server_app_get_health(call->app));
    api_prometheus_open(text, "channel_viewers", "gauge", "Who took one of the last two segments.");
    for (guint i = 0; i < figures->subjects->len; i++) {
        const ApiHealthviews *subject = figures->subjects->pdata[i];
        if (subject->slug == NULL)
            continue;
        g_autoptr(GPtrArray) rungs =
            flows_viewers_list(viewers, subject->slug, g_get_monotonic_time());
        for (guint k = 0; k < rungs->len; k++) {
            const FlowsViewersRung *rung = rungs->pdata[k];
            const char *const labels[] = {"channel", subject->slug, "name", subject->name,
                                          "rung",    rung->rung,    NULL};
            api_prometheus_add(text, "channel_viewers", labels, rung->count);
        }
    }
}

static void
render_metrics(ApiCall *call)
{
    HttpServerStats stats = {0};
    http_server_get_stats(server_app_get_http(call->app), &stats);
    g_autoptr(GString) text = g_string_new(NULL);
    add_server(text, call->result, &stats);
    add_families(text, call, FLOWS_HEALTH_MULTIPLEX);
    add_families(text, call, FLOWS_HEALTH_CHANNEL);
    add_viewers(text, call);
    g_autoptr(GBytes) bytes = g_bytes_new(text->str, text->len);
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_bytes(call->exchange, 200, API_PROMETHEUS_TYPE, bytes);
}

/* What a proxy on this machine hands on comes from elsewhere. */
static gboolean
is_local(HttpExchange *exchange)
{
    const ServerConfig *config = server_app_get_config(http_exchange_get_app(exchange));
    gboolean forwarded = http_exchange_get_header(exchange, "X-Forwarded-For") != NULL ||
                         http_exchange_get_header(exchange, "Forwarded") != NULL;
    const char *text = api_peer_get_address(exchange);
    g_autoptr(GInetAddress) address = text != NULL ? g_inet_address_new_from_string(text) : NULL;
    return address != NULL && g_inet_address_get_is_loopback(address) &&
           (!forwarded || config->trust_forwarded);
}

static gboolean
may_read(HttpExchange *exchange)
{
    const ServerConfig *config = server_app_get_config(http_exchange_get_app(exchange));
    switch (config->metrics) {
    case SERVER_CONFIG_METRICS_EVERYBODY:
        return TRUE;
    case SERVER_CONFIG_METRICS_LOOPBACK:
        if (is_local(exchange))
            return TRUE;
        break;
    case SERVER_CONFIG_METRICS_ADMINISTRATORS:
        break;
    }
    return server_access_may(http_exchange_get_account(exchange), SERVER_ACCESS_ADMINISTER);
}

void
api_metrics_get(HttpExchange *exchange)
{
    if (!may_read(exchange)) {
        gboolean known = http_exchange_get_account(exchange) != NULL;
        if (!known)
            http_exchange_set_header(exchange, "WWW-Authenticate", "Bearer");
        api_problem_reply(exchange, known ? 403 : 401, known ? "forbidden" : "unauthorized", NULL);
        return;
    }
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_figures, render_metrics);
}
