// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Playlists come from memory, media from the window's files; a file's name never gets other bytes.
// Who asks for what is new keeps a channel awake (ARCHITECTURE.md, Channels that rest).
#include "server/api/channelmedia.h"

#include <string.h>

#include "catalog/channels.h"
#include "pipelines/child/live_track.h"
#include "server/api/peer.h"
#include "server/api/problem.h"
#include "server/app.h"
#include "server/flows/health.h"
#include "server/flows/live.h"
#include "server/storage.h"

#define SUFFIX ".m3u8"
#define SPAN_MAX_S (24 * 3600)
#define CACHE_PLAYLIST "public, no-cache, max-age=1"
#define SCRUB "scrub.webp"
#define CACHE_SCRUB "public, max-age=600"
#define CACHE_FOR_EVER "public, max-age=31536000, immutable"
#define EDGE_MS 60000    // who is so near the newest wants what comes next
#define EDGE_SEGMENTS 20 // the same, as a count
#define AGAIN_S 2

/* A playlist that was asked for before there is anything to name. */
typedef struct {
    HttpExchange *exchange; // (owned)
    FlowsWindow *window;    // (owned)
} Held;

/* Returns: (nullable): NULL when the exchange is answered. */
static FlowsWindow *
find_window(HttpExchange *exchange)
{
    const char *slug = http_exchange_get_parameter(exchange, "slug");
    FlowsWindow *window =
        catalog_channels_is_slug(slug)
            ? flows_live_find_window(server_app_get_live(http_exchange_get_app(exchange)), slug)
            : NULL;
    if (window == NULL)
        api_problem_reply(exchange, 404, "not-found", "There is no such channel.");
    return window;
}

static gboolean
accepts_gzip(HttpExchange *exchange)
{
    const char *accepted = http_exchange_get_header(exchange, "Accept-Encoding");
    g_auto(GStrv) items = g_strsplit(accepted != NULL ? accepted : "", ",", 32);
    for (guint i = 0; items[i] != NULL; i++) {
        const char *item = g_strstrip(items[i]);
        if (g_ascii_strncasecmp(item, "gzip", 4) == 0)
            return strstr(item, "q=0") == NULL || strstr(item, "q=0.") != NULL;
    }
    return FALSE;
}

static char *
build_etag(const FlowsWindowPlaylist *playlist, gboolean packed)
{
    return g_strdup_printf("\"%s%s\"", playlist->tag, packed ? "-gz" : "");
}

/* Chromium's own HLS, which alone asks for a range of a playlist, gives up when it is told nothing
 * new: it asks again as soon as it has fetched what is named. */
static gboolean
is_impatient(HttpExchange *exchange, const FlowsWindowPlaylist *playlist)
{
    const char *known = http_exchange_get_header(exchange, "If-None-Match");
    g_autofree char *etag = build_etag(playlist, accepts_gzip(exchange));
    return known != NULL && http_exchange_get_header(exchange, "Range") != NULL &&
           !http_exchange_is_head(exchange) && strcmp(known, etag) == 0 &&
           strcmp(http_exchange_get_parameter(exchange, "playlist"), "index" SUFFIX) != 0;
}

static void
reply_playlist(HttpExchange *exchange, const FlowsWindowPlaylist *playlist)
{
    gboolean packed = accepts_gzip(exchange);
    g_autofree char *etag = build_etag(playlist, packed);
    http_exchange_set_header(exchange, "ETag", etag);
    http_exchange_set_header(exchange, "Cache-Control", CACHE_PLAYLIST);
    http_exchange_set_header(exchange, "Vary", "Accept-Encoding");
    if (packed)
        http_exchange_set_header(exchange, "Content-Encoding", "gzip");
    http_exchange_reply_bytes(exchange, 200, "application/vnd.apple.mpegurl",
                              packed ? playlist->packed : playlist->text);
}

/* FALSE when it is neither absent nor a number up to @most. */
static gboolean
read_query(HttpExchange *exchange, const char *name, guint64 most, gboolean *given, guint64 *number)
{
    const char *text = http_exchange_get_query(exchange, name);
    *given = text != NULL;
    return text == NULL || g_ascii_string_to_unsigned(text, 10, 0, most, number, NULL);
}

/* Returns: (transfer full) (nullable): NULL when there is none. */
static FlowsWindowPlaylist *
find_playlist(HttpExchange *exchange, FlowsWindow *window, gboolean *malformed)
{
    const char *name = http_exchange_get_parameter(exchange, "playlist");
    gboolean started = FALSE, bounded = FALSE;
    guint64 start_ms = 0, span_s = 0;
    *malformed = !read_query(exchange, "start", G_MAXINT64, &started, &start_ms) ||
                 !read_query(exchange, "seconds", SPAN_MAX_S, &bounded, &span_s);
    if (*malformed || !g_str_has_suffix(name, SUFFIX))
        return NULL;
    g_autofree char *rung = g_strndup(name, strlen(name) - strlen(SUFFIX));
    if (strcmp(rung, "index") == 0)
        return flows_window_get_multivariant(window);
    if (!started)
        return flows_window_get_live(window, rung);
    return flows_window_make_from(window, rung, (gint64)start_ms, (guint)span_s);
}

/* The small picture of a moment; moments are asked for in steps, so that caches help. */
static void
reply_scrub(HttpExchange *exchange, FlowsWindow *window)
{
    gboolean given = FALSE;
    guint64 at_ms = 0;
    goffset size_bytes = 0;
    if (!read_query(exchange, "at", G_MAXINT64, &given, &at_ms) || !given) {
        api_problem_reply(exchange, 422, "invalid", "at is in milliseconds since 1970");
        return;
    }
    int descriptor = flows_window_open_scrub(window, (gint64)at_ms, &size_bytes);
    if (descriptor < 0) {
        api_problem_reply(exchange, 404, "not-found", "There is no picture of that moment.");
        return;
    }
    g_autofree char *etag =
        g_strdup_printf("\"%" G_GUINT64_FORMAT "-%" G_GINT64_MODIFIER "x\"", at_ms, size_bytes);
    http_exchange_reply_file(exchange, descriptor, size_bytes, etag, "image/webp", CACHE_SCRUB);
}

static FlowsLive *
get_live(HttpExchange *exchange)
{
    return server_app_get_live(http_exchange_get_app(exchange));
}

/* Whether it may become a playlist with the next segment. */
static gboolean
is_promised(const char *name)
{
    if (!g_str_has_suffix(name, SUFFIX))
        return FALSE;
    g_autofree char *rung = g_strndup(name, strlen(name) - strlen(SUFFIX));
    char *ladder[] = {rung, NULL};
    return strcmp(rung, "index") == 0 || catalog_channels_is_ladder(ladder) ||
           child_live_track_is_extra(rung);
}

/* Of a rung, without a beginning or with one near the newest; or of all rungs, while there is none.
 */
static gboolean
is_watching(HttpExchange *exchange, const FlowsWindowFigures *figures, gboolean found)
{
    const char *name = http_exchange_get_parameter(exchange, "playlist");
    gboolean started = FALSE;
    guint64 start_ms = 0;
    read_query(exchange, "start", G_MAXINT64, &started, &start_ms);
    if (http_exchange_is_head(exchange) || !is_promised(name) ||
        (started && (gint64)start_ms < figures->last_wall_ms - EDGE_MS))
        return FALSE;
    return !found || strcmp(name, "index" SUFFIX) != 0;
}

static void
free_held(gpointer data)
{
    Held *held = data;
    http_exchange_unref(held->exchange);
    flows_window_unref(held->window);
    g_free(held);
}

static gboolean
on_held_over(gpointer data)
{
    Held *held = data;
    gboolean malformed = FALSE;
    g_autoptr(FlowsWindowPlaylist) playlist =
        find_playlist(held->exchange, held->window, &malformed);
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(held->window, &figures);
    if (playlist != NULL)
        reply_playlist(held->exchange, playlist);
    else if (figures.is_waiting)
        api_problem_reply_later(held->exchange, 503, "channel-starting", AGAIN_S);
    else
        api_problem_reply(held->exchange, 404, "not-found", "There is no such playlist.");
    return G_SOURCE_REMOVE;
}

/* Whoever watches waits for the next segment. Returns: FALSE: too many do. */
static gboolean
hold(HttpExchange *exchange, FlowsWindow *window, gboolean is_reload)
{
    const FlowsLiveWaitAsked asked = {window, http_exchange_get_cancellable(exchange), is_reload};
    Held *held = g_new0(Held, 1);
    held->exchange = http_exchange_ref(exchange);
    held->window = flows_window_ref(window);
    return flows_live_wait_add(flows_live_get_wait(get_live(exchange)), &asked, on_held_over, held,
                               free_held);
}

/* A channel that woke has nothing new yet. */
static void
reply_missing(HttpExchange *exchange, FlowsWindow *window, gboolean waiting)
{
    if (!waiting || !is_promised(http_exchange_get_parameter(exchange, "playlist")))
        api_problem_reply(exchange, 404, "not-found", "There is no such playlist yet.");
    else if (http_exchange_is_head(exchange) || !hold(exchange, window, FALSE))
        api_problem_reply_later(exchange, 503, "channel-starting", AGAIN_S);
}

void
api_channelmedia_get_playlist(HttpExchange *exchange)
{
    gboolean malformed = FALSE;
    FlowsWindowFigures figures = {0};
    g_autoptr(FlowsWindow) window = find_window(exchange);
    if (window == NULL)
        return;
    if (strcmp(http_exchange_get_parameter(exchange, "playlist"), SCRUB) == 0) {
        reply_scrub(exchange, window);
        return;
    }
    flows_window_get_figures(window, &figures);
    FlowsLive *live = get_live(exchange);
    g_autofree char *slug = g_strdup(http_exchange_get_parameter(exchange, "slug"));
    g_autoptr(FlowsWindowPlaylist) playlist = find_playlist(exchange, window, &malformed);
    gboolean watching = !malformed && is_watching(exchange, &figures, playlist != NULL);
    if (malformed)
        api_problem_reply(exchange, 422, "invalid",
                          "start is in milliseconds since 1970, seconds at most 86400");
    else if (playlist == NULL)
        reply_missing(exchange, window, figures.is_waiting);
    else if (!is_impatient(exchange, playlist) || !hold(exchange, window, TRUE))
        reply_playlist(exchange, playlist);
    // Who waits for what cannot come is told so.
    if (watching && !flows_live_want(live, slug, TRUE))
        flows_live_wait_tell(flows_live_get_wait(live), window);
}

/* Many may share an address: a player names its session (CTA-5004), a browser its cookie. Nothing
 * of it is kept but a hash, for seconds. */
static void
note_viewer(HttpExchange *exchange, const char *rung)
{
    static const char *const headers[] = {"CMCD-Session", "Cookie", "User-Agent"};
    FlowsHealth *health = server_app_get_health(http_exchange_get_app(exchange));
    g_autoptr(GString) who = g_string_new(api_peer_get_address(exchange));
    for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
        const char *value = http_exchange_get_header(exchange, headers[i]);
        g_string_append_printf(who, "\n%s", value != NULL ? value : "");
    }
    flows_viewers_note(flows_health_get_viewers(health),
                       http_exchange_get_parameter(exchange, "slug"), rung, who->str,
                       g_get_monotonic_time());
}

/* Whoever rewinds watches, too; but only what is newest wakes a channel for what comes next. */
static void
want_next(HttpExchange *exchange, FlowsWindow *window, const char *name)
{
    FlowsWindowFigures figures = {0};
    guint64 number = 0;
    gboolean is_init = FALSE;
    flows_window_get_figures(window, &figures);
    if (server_storage_parse_channel_name(name, &number, &is_init) && !is_init)
        flows_live_want(get_live(exchange), http_exchange_get_parameter(exchange, "slug"),
                        number + EDGE_SEGMENTS >= figures.next_number);
}

static const char *
find_type(const char *name)
{
    if (g_str_has_suffix(name, ".mp4"))
        return "video/mp4";
    if (g_str_has_suffix(name, ".vtt"))
        return "text/vtt";
    return g_str_has_suffix(name, ".webp") ? "image/webp" : "video/iso.segment";
}

/* Captions of a number in which nothing is said: `none.vtt`, as playlists name it, or its own name,
 * as a player asks that knows no playlist of captions. */
static gboolean
reply_silence(HttpExchange *exchange, const char *rung, const char *name)
{
    static const char silence[] = "WEBVTT\n\n";
    if (!g_str_has_suffix(name, ".vtt") ||
        child_live_track_parse(rung).kind != CHILD_LIVE_TRACK_CAPTIONS)
        return FALSE;
    g_autoptr(GBytes) bytes = g_bytes_new_static(silence, strlen(silence));
    http_exchange_set_header(exchange, "Cache-Control",
                             strcmp(name, "none.vtt") == 0 ? CACHE_FOR_EVER : CACHE_PLAYLIST);
    http_exchange_reply_bytes(exchange, 200, "text/vtt", bytes);
    return TRUE;
}

void
api_channelmedia_get_file(HttpExchange *exchange)
{
    const char *rung = http_exchange_get_parameter(exchange, "rung");
    const char *name = http_exchange_get_parameter(exchange, "file");
    goffset size_bytes = 0;
    g_autoptr(FlowsWindow) window = find_window(exchange);
    if (window == NULL)
        return;
    int descriptor = flows_window_open_file(window, rung, name, &size_bytes);
    if (descriptor < 0 && reply_silence(exchange, rung, name))
        return;
    if (descriptor < 0) {
        api_problem_reply(exchange, 404, "not-found", "There is no such file.");
        return;
    }
    // Whoever hears another sound or reads captions watches a rung as well.
    if (!g_str_has_suffix(name, ".mp4") && !child_live_track_is_extra(rung) &&
        !http_exchange_is_head(exchange)) {
        note_viewer(exchange, rung);
        want_next(exchange, window, name);
    }
    g_autofree char *etag = g_strdup_printf("\"%s-%" G_GINT64_MODIFIER "x\"", name, size_bytes);
    http_exchange_reply_file(exchange, descriptor, size_bytes, etag, find_type(name),
                             CACHE_FOR_EVER);
}
