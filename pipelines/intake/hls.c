// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One request at a time:
//
//   playlist → (multivariant) the richest one's playlist
//            → segments that are not fetched yet, one by one → (none left) wait → playlist …
//            → (none left, and it is over) what is held goes on at its pace → end
//
// What is under way holds a reference, so that whoever frees it need not wait for it.
#include "pipelines/intake/hls.h"

#include <gio/gio.h>
#include <libsoup/soup.h>

#include "pipelines/intake/hls_playlist.h"
#include "pipelines/intake/smooth.h"

#define PIECE_BYTES (64 * 1024)
#define HTTP_SECONDS 15 // without an answer or a byte
#define BEHIND 3        // segments from the end of a live playlist where it begins
#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 30000
#define VARIANTS_MAX 3 // playlists that name playlists

struct _IntakeHls {
    gatomicrefcount references;  // (atomic)
    IntakeHlsFuncs funcs;        // (value)
    gpointer data;               // (unowned) for funcs
    GCancellable *cancellable;   // (owned)
    SoupSession *session;        // (owned)
    char *address;               // (owned) of the playlist
    GUri *base;                  // (owned) (nullable) of what is fetched, after redirects
    GUri *list_base;             // (owned) (nullable) of the playlist
    IntakeHlsPlaylist *playlist; // (owned) (nullable)
    gint64 next;                 // (value) number of the next segment, -1: not begun
    SoupMessage *message;        // (owned) (nullable) under way
    GInputStream *input;         // (owned) (nullable) under way
    GByteArray *text;            // (owned) (nullable) of a playlist under way; else a segment is
    IntakeSmooth *smooth;        // (owned) (nullable)
    GError *reason;              // (owned) (nullable) why it ends
    GSource *timer;              // (owned) (nullable)
    guint retry_ms;              // (value) the next wait after a failure
    guint variants;              // (value) playlists that named playlists
    gboolean held;               // (value) waits for room
    gboolean begun;              // (value) opened was told
    gboolean over;               // (value)
    guint8 piece[PIECE_BYTES];   // (value)
};

static void fetch_playlist(IntakeHls *hls);
static void fetch_next(IntakeHls *hls);

static IntakeHls *
ref(IntakeHls *hls)
{
    g_atomic_ref_count_inc(&hls->references);
    return hls;
}

static void
clear_timer(IntakeHls *hls)
{
    if (hls->timer != NULL)
        g_source_destroy(hls->timer);
    g_clear_pointer(&hls->timer, g_source_unref);
}

static void
clear_request(IntakeHls *hls)
{
    g_clear_object(&hls->input);
    g_clear_object(&hls->message);
    g_clear_pointer(&hls->text, g_byte_array_unref);
}

static void
unref(IntakeHls *hls)
{
    if (!g_atomic_ref_count_dec(&hls->references))
        return;
    clear_request(hls);
    g_object_unref(hls->cancellable);
    g_object_unref(hls->session);
    g_clear_pointer(&hls->playlist, intake_hls_playlist_free);
    g_clear_pointer(&hls->base, g_uri_unref);
    g_clear_pointer(&hls->list_base, g_uri_unref);
    g_clear_error(&hls->reason);
    g_free(hls->address);
    g_free(hls);
}

typedef IntakeHls Reference;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reference, unref)

static void
on_smooth_drained(gpointer data)
{
    IntakeHls *hls = data;
    hls->funcs.ended(hls->reason, hls->data);
}

/* Nothing more is asked for. */
static void
end(IntakeHls *hls, const GError *error)
{
    hls->over = TRUE;
    hls->reason = error != NULL ? g_error_copy(error) : NULL;
    if (hls->smooth != NULL)
        intake_smooth_finish(hls->smooth);
    else
        on_smooth_drained(hls);
}

static gboolean
on_wait_over(gpointer data)
{
    IntakeHls *hls = data;
    clear_timer(hls);
    fetch_playlist(hls);
    return G_SOURCE_REMOVE;
}

static void
wait_for_playlist(IntakeHls *hls, guint wait_ms)
{
    clear_timer(hls);
    hls->timer = g_timeout_source_new(wait_ms);
    g_source_set_callback(hls->timer, on_wait_over, hls, NULL);
    g_source_attach(hls->timer, g_main_context_get_thread_default());
}

/* A playlist that never came is the end; later everything is tried again. */
static void
fail(IntakeHls *hls, const GError *error)
{
    clear_request(hls);
    if (!hls->begun || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
        end(hls, error);
        return;
    }
    wait_for_playlist(hls, hls->retry_ms);
    hls->retry_ms = MIN(hls->retry_ms * 2, LAST_RETRY_MS);
    hls->funcs.troubled(error, hls->data);
}

/* --- what comes ----------------------------------------------------------------------------- */

static void
follow_variant(IntakeHls *hls, IntakeHlsPlaylist *playlist)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *base = g_uri_to_string(hls->base);
    g_autofree char *address =
        g_uri_resolve_relative(base, playlist->variant, G_URI_FLAGS_NONE, &error);
    if (address != NULL && ++hls->variants > VARIANTS_MAX)
        g_set_error_literal(&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "HLS: playlists in a ring");
    if (error != NULL) {
        fail(hls, error);
        return;
    }
    g_free(hls->address);
    hls->address = g_steal_pointer(&address);
    fetch_playlist(hls);
}

/* Where numbers began anew, or segments are gone that were not fetched, it goes on from the end. */
static void
take_playlist(IntakeHls *hls, IntakeHlsPlaylist *playlist)
{
    gint64 count = playlist->segments->len;
    gint64 last = playlist->first_number + count;
    g_clear_pointer(&hls->playlist, intake_hls_playlist_free);
    hls->playlist = playlist;
    g_clear_pointer(&hls->list_base, g_uri_unref);
    hls->list_base = g_uri_ref(hls->base);
    if (hls->next < playlist->first_number || hls->next > last + count)
        hls->next = playlist->ended && !hls->begun ? playlist->first_number
                                                   : MAX(playlist->first_number, last - BEHIND);
    if (!hls->begun) {
        hls->begun = TRUE;
        hls->funcs.opened(!playlist->ended, hls->data);
    }
    if (!hls->over)
        fetch_next(hls);
}

static void
finish_playlist(IntakeHls *hls)
{
    g_autoptr(GError) error = NULL;
    IntakeHlsPlaylist *playlist =
        intake_hls_playlist_parse((const char *)hls->text->data, hls->text->len, &error);
    clear_request(hls);
    if (playlist == NULL) {
        fail(hls, error);
    } else if (playlist->variant != NULL) {
        follow_variant(hls, playlist);
        intake_hls_playlist_free(playlist);
    } else {
        take_playlist(hls, playlist);
    }
}

static void on_input_read(GObject *source, GAsyncResult *result, gpointer data);

static void
read_on(IntakeHls *hls)
{
    hls->held = hls->smooth != NULL && intake_smooth_is_full(hls->smooth);
    if (!hls->held)
        g_input_stream_read_async(hls->input, hls->piece, PIECE_BYTES, G_PRIORITY_DEFAULT,
                                  hls->cancellable, on_input_read, ref(hls));
}

static void
on_room(gpointer data)
{
    IntakeHls *hls = data;
    if (hls->held && hls->input != NULL)
        read_on(hls);
}

static void
on_smooth_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeHls *hls = data;
    hls->funcs.received(bytes, length, now_us, hls->data);
}

static void
take_piece(IntakeHls *hls, gsize length)
{
    if (hls->text != NULL)
        g_byte_array_append(hls->text, hls->piece, (guint)length);
    else if (hls->smooth != NULL)
        intake_smooth_push(hls->smooth, hls->piece, length);
    else
        hls->funcs.received(hls->piece, length, g_get_monotonic_time(), hls->data);
}

static void
on_input_read(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(Reference) hls = data;
    g_autoptr(GError) error = NULL;
    gssize length = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &error);
    if (hls->over)
        return;
    if (length > 0)
        take_piece(hls, (gsize)length);
    if (hls->over)
        return;
    if (length > 0 && hls->text != NULL && hls->text->len > INTAKE_HLS_PLAYLIST_BYTES_MAX)
        g_set_error_literal(&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "HLS: too long a playlist");
    if (error != NULL) {
        fail(hls, error);
    } else if (length > 0) {
        read_on(hls);
    } else if (hls->text != NULL) {
        finish_playlist(hls);
    } else {
        hls->retry_ms = FIRST_RETRY_MS;
        clear_request(hls);
        fetch_next(hls);
    }
}

/* --- what is asked for ---------------------------------------------------------------------- */

static void
on_answered(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(Reference) hls = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GInputStream) input = soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (hls->over)
        return;
    guint status = input != NULL ? soup_message_get_status(hls->message) : 0;
    if (input != NULL && status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT)
        error = g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "HTTP %u", status);
    if (error != NULL) {
        fail(hls, error);
        return;
    }
    g_clear_pointer(&hls->base, g_uri_unref);
    hls->base = g_uri_ref(soup_message_get_uri(hls->message));
    hls->input = g_steal_pointer(&input);
    read_on(hls);
}

/* @segment: (nullable): whose byte range counts. Returns: FALSE for what is no address. */
static gboolean
request(IntakeHls *hls, const char *address, const IntakeHlsSegment *segment)
{
    const char *scheme = g_uri_peek_scheme(address);
    gboolean web = g_strcmp0(scheme, "http") == 0 || g_strcmp0(scheme, "https") == 0;
    hls->message = web ? soup_message_new(SOUP_METHOD_GET, address) : NULL;
    if (hls->message == NULL)
        return FALSE;
    if (segment != NULL && segment->start >= 0)
        soup_message_headers_set_range(soup_message_get_request_headers(hls->message),
                                       segment->start, segment->start + segment->length - 1);
    soup_session_send_async(hls->session, hls->message, G_PRIORITY_DEFAULT, hls->cancellable,
                            on_answered, ref(hls));
    return TRUE;
}

static void
fetch_playlist(IntakeHls *hls)
{
    g_autoptr(GError) error = NULL;
    if (request(hls, hls->address, NULL)) {
        hls->text = g_byte_array_new();
        return;
    }
    g_set_error_literal(&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "HLS: no URL of the web");
    fail(hls, error);
}

/* The next segment, else the playlist once more. */
static void
fetch_next(IntakeHls *hls)
{
    gint64 index = hls->next - hls->playlist->first_number;
    while (index < hls->playlist->segments->len) {
        const IntakeHlsSegment *segment =
            &g_array_index(hls->playlist->segments, IntakeHlsSegment, index);
        g_autofree char *base = g_uri_to_string(hls->list_base);
        g_autofree char *address =
            g_uri_resolve_relative(base, segment->uri, G_URI_FLAGS_NONE, NULL);
        hls->next++;
        index++;
        if (address != NULL && request(hls, address, segment))
            return;
    }
    if (hls->playlist->ended)
        end(hls, NULL);
    else
        wait_for_playlist(hls, hls->playlist->target_ms / 2);
}

IntakeHls *
intake_hls_open(const char *uri, gboolean paced, const IntakeHlsFuncs *funcs, gpointer data,
                GError **error)
{
    static const IntakeSmoothFuncs smooth_funcs = {on_smooth_received, on_room, on_smooth_drained};
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    if (parsed == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "this URL is not valid");
        return NULL;
    }
    IntakeHls *hls = g_new0(IntakeHls, 1);
    g_atomic_ref_count_init(&hls->references);
    hls->funcs = *funcs;
    hls->data = data;
    hls->cancellable = g_cancellable_new();
    hls->address = g_strdup(uri);
    hls->next = -1;
    hls->retry_ms = FIRST_RETRY_MS;
    hls->session =
        soup_session_new_with_options("timeout", HTTP_SECONDS, "user-agent",
                                      "daorian/" DAORIAN_VERSION, "proxy-resolver", NULL, NULL);
    if (paced)
        hls->smooth = intake_smooth_new(&smooth_funcs, hls);
    fetch_playlist(hls);
    return hls;
}

void
intake_hls_free(IntakeHls *hls)
{
    hls->over = TRUE;
    clear_timer(hls);
    g_cancellable_cancel(hls->cancellable);
    g_clear_pointer(&hls->smooth, intake_smooth_free);
    unref(hls);
}
