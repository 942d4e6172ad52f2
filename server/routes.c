// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Every URL of the product, on one screen. A row: method, path, handler, body, body limit, who may,
// flags. server/api/openapi.json describes the same rows; a test compares the two.
#include "server/routes.h"

#include "server/api/bookings.h"
#include "server/api/captions.h"
#include "server/api/channelguide.h"
#include "server/api/channelmedia.h"
#include "server/api/channels.h"
#include "server/api/clashes.h"
#include "server/api/classes.h"
#include "server/api/events.h"
#include "server/api/guard.h"
#include "server/api/guide.h"
#include "server/api/guideimport.h"
#include "server/api/health.h"
#include "server/api/jobs.h"
#include "server/api/lessonmoves.h"
#include "server/api/lessons.h"
#include "server/api/lite.h"
#include "server/api/media.h"
#include "server/api/metrics.h"
#include "server/api/multiplexes.h"
#include "server/api/patches.h"
#include "server/api/pages.h"
#include "server/api/reencode.h"
#include "server/api/rules.h"
#include "server/api/services.h"
#include "server/api/session.h"
#include "server/api/status.h"
#include "server/api/tokens.h"
#include "server/api/trust.h"
#include "server/api/uploads.h"
#include "server/api/users.h"

#define NO HTTP_ROUTER_BODY_NONE
#define BUF HTTP_ROUTER_BODY_BUFFERED
#define RAW HTTP_ROUTER_BODY_STREAMED
#define TUS (HTTP_ROUTER_CORS | HTTP_ROUTER_METHOD_OVERRIDE)
#define MEDIA (HTTP_ROUTER_CORS | HTTP_ROUTER_AUTHORISE_LATE)
#define ASSET API_GUARD_ASSET
#define ALL API_GUARD_ALL
#define OPEN API_GUARD_OPEN
#define ACCOUNT API_GUARD_ACCOUNT
#define UPLOAD API_GUARD_UPLOAD
#define ADMIN API_GUARD_ADMINISTER

// clang-format off
static const HttpRouterRoute routes[] = {
    {"GET", "/", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/watch/{id}", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/channel/{slug}", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/login", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/setup", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/class", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/account", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/upload", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/manage", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/offline", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/guide", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/recordings", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/admin", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/admin/{page}", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/admin/{page}/{part}", api_pages_get_shell, NO, 0, ASSET, 0},
    {"GET", "/assets/{file}", api_pages_get_asset, NO, 0, ASSET, 0},
    {"GET", "/favicon.svg", api_pages_get_icon, NO, 0, ASSET, 0},
    {"GET", "/sw.js", api_pages_get_worker, NO, 0, ASSET, 0},
    {"GET", "/app/{file}", api_pages_get_app_file, NO, 0, ASSET, 0},
    {"GET", "/trust", api_trust_get, NO, 0, ASSET, 0},
    {"GET", "/trust/daorian-ca.crt", api_trust_get_certificate, NO, 0, ASSET, 0},
    {"GET", "/lite", api_lite_list, NO, 0, ALL, 0},
    {"GET", "/lite/", api_lite_list, NO, 0, ALL, 0},
    {"GET", "/lite/{lesson}", api_lite_get, NO, 0, ALL, 0},

    {"GET", "/lessons/{id}/{file}", api_media_serve, NO, 0, ALL, MEDIA},
    {"GET", "/lessons/{id}/{folder}/{file}", api_media_serve, NO, 0, ALL, MEDIA},
    {"GET", "/channels/{slug}/guide.xml", api_guide_get_xmltv, NO, 0, ALL, HTTP_ROUTER_CORS},
    {"GET", "/channels/{slug}/schedule.ics", api_guide_get_schedule, NO, 0, ALL, HTTP_ROUTER_CORS},
    {"GET", "/channels/{slug}/{playlist}", api_channelmedia_get_playlist, NO, 0, ASSET, HTTP_ROUTER_CORS},
    {"GET", "/channels/{slug}/{rung}/{file}", api_channelmedia_get_file, NO, 0, ASSET, HTTP_ROUTER_CORS},

    {"GET", "/api/v1/openapi.json", api_pages_get_openapi, NO, 0, ASSET, HTTP_ROUTER_CORS},
    {"GET", "/api/v1/session", api_session_get, NO, 0, ALL, 0},
    {"POST", "/api/v1/session", api_session_create, BUF, 4096, OPEN, 0},
    {"DELETE", "/api/v1/session", api_session_delete, NO, 0, ACCOUNT, 0},
    {"POST", "/api/v1/setup", api_session_setup, BUF, 4096, OPEN, 0},
    {"POST", "/api/v1/password", api_session_change_password, BUF, 4096, ACCOUNT, 0},
    {"GET", "/api/v1/lessons", api_lessons_list, NO, 0, ALL, 0},
    {"GET", "/api/v1/lessons/{id}", api_lessons_get, NO, 0, ALL, 0},
    {"PATCH", "/api/v1/lessons/{id}", api_lessons_update, BUF, 65536, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/withdraw", api_lessonmoves_withdraw, BUF, 1024, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/restore", api_lessonmoves_restore, BUF, 1024, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/retry", api_lessonmoves_retry, BUF, 1024, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/cancel", api_lessonmoves_cancel, BUF, 1024, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/reencode", api_reencode_order, BUF, 1024, ACCOUNT, 0},
    {"PUT", "/api/v1/lessons/{id}/interpreter", api_reencode_mark_interpreter, BUF, 1024, ACCOUNT, 0},
    {"GET", "/api/v1/lessons/{id}/history", api_lessonmoves_list_history, NO, 0, ACCOUNT, 0},
    {"GET", "/api/v1/lessons/{id}/captions", api_captions_list, NO, 0, ACCOUNT, 0},
    {"GET", "/api/v1/lessons/{id}/captions/{language}", api_captions_get, NO, 0, ALL, 0},
    {"PUT", "/api/v1/lessons/{id}/captions/{language}", api_captions_put, BUF, 3 * 1024 * 1024, ACCOUNT, 0},
    {"DELETE", "/api/v1/lessons/{id}/captions/{language}", api_captions_remove, NO, 0, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/captions/{language}/approve", api_captions_approve, BUF, 1024, ACCOUNT, 0},
    {"POST", "/api/v1/lessons/{id}/captions/{language}/recognise", api_captions_recognise, BUF, 1024, ACCOUNT, 0},
    {"GET", "/api/v1/channels", api_channels_list, NO, 0, ALL, 0},
    {"POST", "/api/v1/channels", api_channels_create, BUF, 4096, ADMIN, 0},
    {"GET", "/api/v1/channels/{id}", api_channels_get, NO, 0, ALL, 0},
    {"PATCH", "/api/v1/channels/{id}", api_channels_update, BUF, 4096, ADMIN, 0},
    {"DELETE", "/api/v1/channels/{id}", api_channels_remove, NO, 0, ADMIN, 0},
    {"GET", "/api/v1/channels/{id}/guide", api_channelguide_list, NO, 0, ALL, 0},
    {"GET", "/api/v1/bookings", api_bookings_list, NO, 0, UPLOAD, 0},
    {"POST", "/api/v1/bookings", api_bookings_create, BUF, 65536, UPLOAD, 0},
    {"GET", "/api/v1/bookings/{id}", api_bookings_get, NO, 0, UPLOAD, 0},
    {"GET", "/api/v1/bookings/{id}/clash", api_clashes_get, NO, 0, UPLOAD, 0},
    {"PATCH", "/api/v1/bookings/{id}", api_bookings_update, BUF, 65536, UPLOAD, 0},
    {"DELETE", "/api/v1/bookings/{id}", api_bookings_remove, NO, 0, UPLOAD, 0},
    {"GET", "/api/v1/bookings/{id}/repeats", api_patches_list_repeats, NO, 0, UPLOAD, 0},
    {"POST", "/api/v1/bookings/{id}/patch", api_patches_order, BUF, 65536, UPLOAD, 0},
    {"GET", "/api/v1/rules", api_rules_list, NO, 0, UPLOAD, 0},
    {"POST", "/api/v1/rules", api_rules_create, BUF, 16384, UPLOAD, 0},
    {"POST", "/api/v1/rules/preview", api_rules_preview, BUF, 16384, UPLOAD, 0},
    {"GET", "/api/v1/rules/{id}", api_rules_get, NO, 0, UPLOAD, 0},
    {"PATCH", "/api/v1/rules/{id}", api_rules_update, BUF, 16384, UPLOAD, 0},
    {"DELETE", "/api/v1/rules/{id}", api_rules_remove, NO, 0, UPLOAD, 0},
    {"GET", "/api/v1/rules/{id}/matches", api_rules_list_matches, NO, 0, UPLOAD, 0},
    {"GET", "/api/v1/class", api_classes_get, NO, 0, UPLOAD, 0},
    {"PATCH", "/api/v1/class", api_classes_update, BUF, 4096, UPLOAD, 0},
    {"POST", "/api/v1/class/key", api_classes_renew_key, BUF, 1024, UPLOAD, 0},
    {"DELETE", "/api/v1/class/key", api_classes_withdraw_key, NO, 0, UPLOAD, 0},
    {"GET", "/api/v1/uploads", api_uploads_list, NO, 0, ACCOUNT, TUS},
    {"POST", "/api/v1/uploads", api_uploads_create, RAW, 0, UPLOAD, TUS},
    {"OPTIONS", "/api/v1/uploads", api_uploads_options, NO, 0, ASSET, TUS},
    {"GET", "/api/v1/uploads/{id}", api_uploads_look, NO, 0, UPLOAD, TUS},
    {"PATCH", "/api/v1/uploads/{id}", api_uploads_append, RAW, 0, UPLOAD, TUS},
    {"DELETE", "/api/v1/uploads/{id}", api_uploads_terminate, NO, 0, UPLOAD, TUS},
    {"OPTIONS", "/api/v1/uploads/{id}", api_uploads_options, NO, 0, ASSET, TUS},
    {"GET", "/api/v1/events", api_events_open, NO, 0, ACCOUNT, 0},
    {"GET", "/api/v1/jobs", api_jobs_list, NO, 0, ADMIN, 0},
    {"PATCH", "/api/v1/jobs/{id}", api_jobs_update, BUF, 4096, ADMIN, 0},
    {"POST", "/api/v1/jobs/{id}/retry", api_jobs_retry, BUF, 1024, ADMIN, 0},
    {"POST", "/api/v1/jobs/{id}/cancel", api_jobs_cancel, BUF, 1024, ADMIN, 0},
    {"GET", "/api/v1/users", api_users_list, NO, 0, ADMIN, 0},
    {"POST", "/api/v1/users", api_users_create, BUF, 4096, ADMIN, 0},
    {"GET", "/api/v1/users/{id}", api_users_get, NO, 0, ADMIN, 0},
    {"PATCH", "/api/v1/users/{id}", api_users_update, BUF, 4096, ADMIN, 0},
    {"POST", "/api/v1/users/{id}/password-reset", api_users_reset_password, BUF, 1024, ADMIN, 0},
    {"GET", "/api/v1/tokens", api_tokens_list, NO, 0, ACCOUNT, 0},
    {"POST", "/api/v1/tokens", api_tokens_create, BUF, 4096, ACCOUNT, 0},
    {"DELETE", "/api/v1/tokens/{id}", api_tokens_remove, NO, 0, ACCOUNT, 0},
    {"GET", "/api/v1/multiplexes", api_multiplexes_list, NO, 0, ADMIN, 0},
    {"POST", "/api/v1/multiplexes", api_multiplexes_create, BUF, 8192, ADMIN, 0},
    {"GET", "/api/v1/multiplexes/{id}", api_multiplexes_get, NO, 0, ADMIN, 0},
    {"PATCH", "/api/v1/multiplexes/{id}", api_multiplexes_update, BUF, 8192, ADMIN, 0},
    {"DELETE", "/api/v1/multiplexes/{id}", api_multiplexes_remove, NO, 0, ADMIN, 0},
    {"POST", "/api/v1/multiplexes/{id}/scan", api_multiplexes_scan, BUF, 1024, ADMIN, 0},
    {"GET", "/api/v1/services", api_services_list, NO, 0, ALL, 0},
    {"GET", "/api/v1/services/{id}", api_services_get, NO, 0, ALL, 0},
    {"PATCH", "/api/v1/services/{id}", api_services_update, BUF, 4096, ADMIN, 0},
    {"GET", "/api/v1/services/{id}/picture", api_services_get_picture, NO, 0, ADMIN, 0},
    {"GET", "/api/v1/services/{id}/guide", api_services_list_guide, NO, 0, ALL, 0},
    {"DELETE", "/api/v1/services/{id}/guide", api_guideimport_remove, NO, 0, ADMIN, 0},
    {"GET", "/api/v1/guide", api_guide_search, NO, 0, ALL, 0},
    {"POST", "/api/v1/guide/import", api_guideimport_create, BUF, 16 * 1024 * 1024, ADMIN, 0},
    {"GET", "/api/v1/health", api_health_list, NO, 0, ADMIN, 0},
    {"GET", "/api/v1/health/{id}/history", api_health_get_history, NO, 0, ADMIN, 0},
    {"GET", "/api/v1/status", api_status_get, NO, 0, ADMIN, 0},
    {"GET", "/api/v1/audit", api_status_list_audit, NO, 0, ADMIN, 0},

    {"GET", "/healthz", api_status_get_health, NO, 0, ASSET, 0},
    {"GET", "/readyz", api_status_get_readiness, NO, 0, ASSET, 0},
    {"GET", "/metrics", api_metrics_get, NO, 0, ALL, 0},
};
// clang-format on

const HttpRouterRoute *
server_routes_get_table(gsize *n_routes)
{
    *n_routes = G_N_ELEMENTS(routes);
    return routes;
}
