// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What was not measured is null.
#include "server/api/healthviews.h"

#include <math.h>

#include "catalog/channels.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/api/members.h"
#include "server/flows/health.h"
#include "server/flows/health_sample.h"
#include "server/flows/live.h"
#include "server/healthsentences.h"

#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define HOUR_MS (60 * MINUTE_MS)

void
api_healthviews_free(ApiHealthviews *subject)
{
    g_free(subject->id);
    g_free(subject->name);
    g_free(subject->slug);
    g_free(subject->source);
    g_free(subject);
}

static void
add_multiplexes(GPtrArray *subjects, const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const CatalogMultiplexes *row = rows->pdata[i];
        ApiHealthviews *subject = g_new0(ApiHealthviews, 1);
        subject->kind = FLOWS_HEALTH_MULTIPLEX;
        subject->id = g_strdup(row->id);
        subject->name = g_strdup(*row->name != '\0' ? row->name : row->uri);
        g_ptr_array_add(subjects, subject);
    }
}

static gboolean
add_channel(CatalogDatabase *database, GPtrArray *subjects, const CatalogChannels *row,
            GError **error)
{
    g_autoptr(CatalogServices) service =
        row->service != NULL ? catalog_services_get(database, row->service, error) : NULL;
    if (row->service != NULL && service == NULL)
        return FALSE;
    ApiHealthviews *subject = g_new0(ApiHealthviews, 1);
    subject->kind = FLOWS_HEALTH_CHANNEL;
    subject->id = g_strdup(row->id);
    subject->name = g_strdup(row->name);
    subject->slug = g_strdup(row->slug);
    subject->source = service != NULL ? g_strdup(service->multiplex_id) : NULL;
    g_ptr_array_add(subjects, subject);
    return TRUE;
}

GPtrArray *
api_healthviews_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) subjects =
        g_ptr_array_new_with_free_func((GDestroyNotify)api_healthviews_free);
    g_autoptr(GPtrArray) multiplexes = catalog_multiplexes_list(database, error);
    g_autoptr(GPtrArray) channels =
        multiplexes != NULL ? catalog_channels_list(database, error) : NULL;
    if (channels == NULL)
        return NULL;
    add_multiplexes(subjects, multiplexes);
    for (guint i = 0; i < channels->len; i++)
        if (!add_channel(database, subjects, channels->pdata[i], error))
            return NULL;
    return g_steal_pointer(&subjects);
}

static void
set_figure(JsonObject *object, const char *name, float value)
{
    if (isfinite(value))
        json_object_set_double_member(object, name, (double)value);
    else
        json_object_set_null_member(object, name);
}

static JsonArray *
render_figures(FlowsHealthKind kind, const FlowsHealthPoint *now, const FlowsHealthPoint *recent)
{
    JsonArray *figures = json_array_new();
    for (guint i = 0; i < flows_health_figures_count(kind); i++) {
        const FlowsHealthFigure *figure = flows_health_figures_get(kind, i);
        gboolean counted = figure->fold == FLOWS_HEALTH_FOLD_SUM;
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "name", figure->name);
        json_object_set_string_member(object, "unit", figure->unit);
        set_figure(object, "now", counted ? NAN : now->values[i]);
        set_figure(object, "minute", recent != NULL ? recent->values[i] : NAN);
        json_array_add_object_element(figures, object);
    }
    return figures;
}

static void
set_verdict(JsonObject *object, const FlowsHealthVerdict *verdict, ServerSentencesLanguage language)
{
    json_object_set_string_member(object, "level", flows_health_judge_get_word(verdict->level));
    json_object_set_string_member(object, "code", verdict->code);
    json_object_set_string_member(object, "sentence",
                                  server_healthsentences_get(verdict, language));
    api_members_set_text(object, "advice", server_healthsentences_get_advice(verdict, language));
}

static JsonArray *
render_pids(const GArray *pids)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; pids != NULL && i < pids->len; i++) {
        const ChildIntakePid *pid = &g_array_index(pids, ChildIntakePid, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "pid", pid->pid);
        json_object_set_int_member(object, "bits_per_second", pid->bits_per_second);
        json_object_set_int_member(object, "cc_errors", pid->cc_errors);
        json_object_set_int_member(object, "tei_packets", pid->tei_packets);
        json_object_set_boolean_member(object, "scrambled", pid->scrambled);
        set_figure(object, "jitter_us",
                   pid->jitter_us == CHILD_FIELDS_NOTHING ? NAN : (float)pid->jitter_us);
        json_array_add_object_element(list, object);
    }
    return list;
}

static void
set_multiplex(ServerApp *app, JsonObject *object, const char *id, const FlowsHealthPoint *recent,
              ServerSentencesLanguage language)
{
    FlowsHealthSampleState nothing = {0};
    FlowsHealthPoint now = {0};
    g_autoptr(FlowsIntakeStatus) status = flows_intake_get_status(server_app_get_intake(app), id);
    FlowsHealthVerdict verdict = flows_health_judge_multiplex(status, recent);
    flows_health_sample_multiplex(status, &nothing, &now);
    set_verdict(object, &verdict, language);
    json_object_set_string_member(object, "state", flows_intake_status_get_word(status->state));
    api_members_set_text(object, "detail", status->detail);
    api_members_set_moment(object, "since_ms", status->since_ms);
    api_members_set_moment(object, "retry_ms", status->retry_ms);
    json_object_set_array_member(object, "figures",
                                 render_figures(FLOWS_HEALTH_MULTIPLEX, &now, recent));
    json_object_set_array_member(object, "pids", render_pids(status->pids));
    json_object_set_array_member(object, "viewers", json_array_new());
    json_object_set_null_member(object, "last_picture_ms");
    json_object_set_null_member(object, "last_sound_ms");
}

static JsonArray *
render_viewers(const GPtrArray *rungs)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < rungs->len; i++) {
        const FlowsViewersRung *rung = rungs->pdata[i];
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "rung", rung->rung);
        json_object_set_int_member(object, "count", rung->count);
        json_array_add_object_element(list, object);
    }
    return list;
}

static guint
count_viewers(const GPtrArray *rungs)
{
    guint count = 0;
    for (guint i = 0; i < rungs->len; i++)
        count += ((const FlowsViewersRung *)rungs->pdata[i])->count;
    return count;
}

static void
set_channel(ServerApp *app, JsonObject *object, const ApiHealthviews *subject,
            const FlowsHealthPoint *recent, ServerSentencesLanguage language)
{
    FlowsHealthSampleState nothing = {0};
    FlowsHealthPoint now = {0};
    g_autoptr(FlowsLiveStatus) status =
        flows_live_get_status(server_app_get_live(app), subject->id);
    g_autoptr(GPtrArray) viewers =
        flows_viewers_list(flows_health_get_viewers(server_app_get_health(app)), subject->slug,
                           g_get_monotonic_time());
    FlowsHealthVerdict verdict = flows_health_judge_channel(status, recent);
    flows_health_sample_channel(status, count_viewers(viewers),
                                server_clock_now_ms(server_app_get_clock(app)), &nothing, &now);
    set_verdict(object, &verdict, language);
    json_object_set_string_member(object, "state", flows_live_state_get_word(status->state));
    api_members_set_text(object, "detail", status->detail);
    api_members_set_moment(object, "since_ms", status->since_ms);
    api_members_set_moment(object, "retry_ms", status->retry_ms);
    json_object_set_array_member(object, "figures",
                                 render_figures(FLOWS_HEALTH_CHANNEL, &now, recent));
    json_object_set_array_member(object, "pids", json_array_new());
    json_object_set_array_member(object, "viewers", render_viewers(viewers));
    api_members_set_moment(object, "last_picture_ms", status->last_picture_ms);
    api_members_set_moment(object, "last_sound_ms", status->last_sound_ms);
}

static void
set_subject(JsonObject *object, const ApiHealthviews *subject)
{
    json_object_set_string_member(object, "kind", flows_health_figures_get_word(subject->kind));
    json_object_set_string_member(object, "id", subject->id);
    json_object_set_string_member(object, "name", subject->name);
    api_members_set_text(object, "slug", subject->slug);
    api_members_set_text(object, "source", subject->source);
}

JsonObject *
api_healthviews_render(ServerApp *app, const ApiHealthviews *subject,
                       ServerSentencesLanguage language)
{
    FlowsHealthPoint point = {0};
    gboolean sampled = flows_health_get_recent(server_app_get_health(app), subject->id, &point);
    const FlowsHealthPoint *recent = sampled ? &point : NULL;
    JsonObject *object = json_object_new();
    set_subject(object, subject);
    if (subject->kind == FLOWS_HEALTH_MULTIPLEX)
        set_multiplex(app, object, subject->id, recent, language);
    else
        set_channel(app, object, subject, recent, language);
    return object;
}

static void
add_value(JsonArray *values, float value)
{
    if (isfinite(value))
        json_array_add_double_element(values, (double)value);
    else
        json_array_add_null_element(values);
}

static JsonObject *
render_row(FlowsHealthKind kind, guint index, const GArray *points)
{
    const FlowsHealthFigure *figure = flows_health_figures_get(kind, index);
    JsonObject *row = json_object_new();
    JsonArray *values = json_array_sized_new(points->len);
    for (guint i = 0; i < points->len; i++)
        add_value(values, g_array_index(points, FlowsHealthPoint, i).values[index]);
    json_object_set_string_member(row, "name", figure->name);
    json_object_set_string_member(row, "unit", figure->unit);
    json_object_set_array_member(row, "values", values);
    return row;
}

JsonObject *
api_healthviews_render_history(const ApiHealthviews *subject, const GArray *points, gboolean hours)
{
    gint64 step_ms = hours ? HOUR_MS : MINUTE_MS;
    JsonObject *object = json_object_new();
    JsonArray *moments = json_array_sized_new(points->len);
    JsonArray *figures = json_array_new();
    for (guint i = 0; i < points->len; i++)
        json_array_add_int_element(moments,
                                   g_array_index(points, FlowsHealthPoint, i).number * step_ms);
    for (guint i = 0; i < flows_health_figures_count(subject->kind); i++)
        json_array_add_object_element(figures, render_row(subject->kind, i, points));
    set_subject(object, subject);
    json_object_set_int_member(object, "step_ms", step_ms);
    json_object_set_array_member(object, "at_ms", moments);
    json_object_set_array_member(object, "figures", figures);
    return object;
}
