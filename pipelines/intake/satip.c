// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The states and what moves between them; sockets are in rtsp.c and port_pair.c, grammars in
// satip_query.c and rtsp_answer.c. Never DESCRIBE: many servers answer 404 to it before SETUP.
//
//   CONNECTING --on_rtsp_opened--> SETTING_UP --take_setup--> STARTING --take_play--> PLAYING
//       ^             |  take_setup (redirected)                              |
//       |<------------'                                                       | on_silence
//       |                                                                     v
//       '--on_retry-- WAITING <------give_up (any state)------ LEAVING --> OVER (leave)
#include "pipelines/intake/satip.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/port_pair.h"
#include "pipelines/intake/rtsp.h"
#include "pipelines/intake/satip_query.h"
#include "pipelines/intake/satip_signal.h"

#define REDIRECTS_MAX 4
#define ALIVE_MS_MAX 30000
#define LEAVE_MS 2000
#define DEAF_PERIODS 4 // of silence_ms with signal figures and no stream

/* What was asked last. */
typedef enum {
    QUESTION_SETUP,
    QUESTION_PLAY,
    QUESTION_PIDS,
    QUESTION_ALIVE,
    QUESTION_TEARDOWN,
} Question;

struct _IntakeSatip {
    IntakeSatipFuncs funcs;    // (value)
    gpointer data;             // (unowned) for funcs
    IntakeSatipWaits waits;    // (value)
    IntakeSatipQuery *query;   // (owned)
    char *home;                // (owned) host of the address
    guint16 home_port;         // (value)
    char *host;                // (owned) where redirections led
    guint16 port;              // (value)
    guint redirects;           // (value) of this try
    IntakeSatipState state;    // (value)
    Question question;         // (value)
    IntakeRtsp *rtsp;          // (owned) (nullable)
    IntakePortPair *ports;     // (owned) (nullable)
    IntakeRtp *rtp;            // (owned)
    gint64 now_us;             // (value) of the packet at work
    gboolean has_session;      // (value)
    IntakeRtspSession session; // (value)
    guint stream_id;           // (value)
    gboolean inside;           // (value) packets come in the connection
    guint8 channel;            // (value) of RTP in it
    IntakePids more;           // (value) wanted besides those of query
    IntakePids asked;          // (value) in the last request
    IntakePids given;          // (value) by the server
    gboolean only_all;         // (value) the server counts PIDs; all of them are not counted
    IntakeSignal signal;       // (value)
    guint failures;            // (value) since a packet came
    gboolean heard;            // (value) a packet since the last look of on_silence()
    gboolean heard_figures;    // (value) likewise
    gboolean ever_heard;       // (value) a packet in this session
    guint deaf;                // (value) looks with figures alone
    gboolean leaving;          // (value) for good
    GSource *retry;            // (owned) (nullable)
    GSource *alive;            // (owned) (nullable)
    GSource *silence;          // (owned) (nullable)
    GError *reason;            // (owned) (nullable) why it is LEAVING
};

static const IntakeSatipWaits usual_waits = {
    .answer_ms = 10000,
    .silence_ms = 6000,
    .first_retry_ms = 500,
    .last_retry_ms = 30000,
};

static void connect_again(IntakeSatip *satip);

static void
stop(GSource **source)
{
    if (*source != NULL)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void
start(GSource **source, guint ms, GSourceFunc func, IntakeSatip *satip)
{
    stop(source);
    *source = g_timeout_source_new(ms);
    g_source_set_callback(*source, func, satip, NULL);
    g_source_attach(*source, g_main_context_get_thread_default());
}

static gboolean
may_move(IntakeSatipState from, IntakeSatipState to)
{
    static const guint moves[] = {
        [INTAKE_SATIP_CONNECTING] =
            1 << INTAKE_SATIP_SETTING_UP | 1 << INTAKE_SATIP_WAITING | 1 << INTAKE_SATIP_OVER,
        [INTAKE_SATIP_SETTING_UP] = 1 << INTAKE_SATIP_CONNECTING | 1 << INTAKE_SATIP_STARTING |
                                    1 << INTAKE_SATIP_WAITING | 1 << INTAKE_SATIP_OVER,
        [INTAKE_SATIP_STARTING] = 1 << INTAKE_SATIP_PLAYING | 1 << INTAKE_SATIP_LEAVING |
                                  1 << INTAKE_SATIP_WAITING | 1 << INTAKE_SATIP_OVER,
        [INTAKE_SATIP_PLAYING] = 1 << INTAKE_SATIP_PLAYING | 1 << INTAKE_SATIP_LEAVING |
                                 1 << INTAKE_SATIP_WAITING | 1 << INTAKE_SATIP_OVER,
        [INTAKE_SATIP_LEAVING] = 1 << INTAKE_SATIP_WAITING | 1 << INTAKE_SATIP_OVER,
        [INTAKE_SATIP_WAITING] = 1 << INTAKE_SATIP_CONNECTING | 1 << INTAKE_SATIP_OVER,
        [INTAKE_SATIP_OVER] = 0,
    };
    return (moves[from] >> to & 1) != 0;
}

static void
set_state(IntakeSatip *satip, IntakeSatipState state, const GError *error)
{
    g_return_if_fail(may_move(satip->state, state));
    satip->state = state;
    satip->funcs.changed(state, error, satip->data);
}

static void
hang_up(IntakeSatip *satip)
{
    stop(&satip->alive);
    stop(&satip->silence);
    stop(&satip->retry);
    intake_rtp_flush(satip->rtp);
    g_clear_pointer(&satip->rtsp, intake_rtsp_free);
    g_clear_pointer(&satip->ports, intake_port_pair_close);
    satip->has_session = FALSE;
    satip->signal =
        (IntakeSignal){.level = -1, .quality = -1, .frontend = -1, .cn_db = NAN, .ber = NAN};
}

static gboolean
on_retry(gpointer data)
{
    IntakeSatip *satip = data;
    stop(&satip->retry);
    g_free(satip->host);
    satip->host = g_strdup(satip->home);
    satip->port = satip->home_port;
    satip->redirects = 0;
    set_state(satip, INTAKE_SATIP_CONNECTING, NULL);
    connect_again(satip);
    return G_SOURCE_REMOVE;
}

/* Ends this try, takes @error; the next one comes by itself, or none when it is left. */
static void
give_up(IntakeSatip *satip, GError *taken)
{
    g_autoptr(GError) error = taken;
    guint doublings = MIN(satip->failures, 16);
    hang_up(satip);
    if (satip->leaving) {
        set_state(satip, INTAKE_SATIP_OVER, NULL);
        return;
    }
    guint64 wait = (guint64)satip->waits.first_retry_ms << doublings;
    satip->failures++;
    start(&satip->retry, (guint)MIN(wait, satip->waits.last_retry_ms), on_retry, satip);
    set_state(satip, INTAKE_SATIP_WAITING, error);
}

static void
ask(IntakeSatip *satip, Question question, const char *behind)
{
    static const GstRTSPMethod methods[] = {
        [QUESTION_SETUP] = GST_RTSP_SETUP,       [QUESTION_PLAY] = GST_RTSP_PLAY,
        [QUESTION_PIDS] = GST_RTSP_PLAY,         [QUESTION_ALIVE] = GST_RTSP_OPTIONS,
        [QUESTION_TEARDOWN] = GST_RTSP_TEARDOWN,
    };
    gboolean bracketed = strchr(satip->host, ':') != NULL;
    g_autofree char *uri = g_strdup_printf("rtsp://%s%s%s:%u/%s", bracketed ? "[" : "", satip->host,
                                           bracketed ? "]" : "", satip->port, behind);
    g_autofree char *transport = NULL;
    if (question == QUESTION_SETUP && satip->inside) {
        transport = g_strdup("RTP/AVP/TCP;unicast;interleaved=0-1");
    } else if (question == QUESTION_SETUP) {
        guint port = intake_port_pair_get_port(satip->ports);
        transport = g_strdup_printf("RTP/AVP;unicast;client_port=%u-%u", port, port + 1);
    }
    const IntakeRtspRequest request = {
        .method = methods[question],
        .uri = uri,
        .session = satip->has_session ? satip->session.id : NULL,
        .transport = transport,
    };
    satip->question = question;
    intake_rtsp_send(satip->rtsp, &request);
}

static void
ask_stream(IntakeSatip *satip, Question question, const char *query)
{
    g_autofree char *behind = g_strdup_printf("stream=%u%s%s", satip->stream_id,
                                              query != NULL ? "?" : "", query != NULL ? query : "");
    ask(satip, question, behind);
}

static IntakePids
get_wanted(const IntakeSatip *satip)
{
    IntakePids wanted = satip->query->pids;
    intake_pids_unite(&wanted, &satip->more);
    wanted.all |= satip->only_all && !intake_pids_is_empty(&wanted);
    return wanted;
}

/* Asks for other PIDs if others are wanted than given, and nothing else is being asked. */
static void
follow_pids(IntakeSatip *satip)
{
    if (satip->state != INTAKE_SATIP_PLAYING || intake_rtsp_is_waiting(satip->rtsp))
        return;
    IntakePids wanted = get_wanted(satip);
    g_autofree char *change = intake_pids_render_change(&satip->given, &wanted);
    if (change == NULL || intake_pids_equal(&satip->asked, &wanted))
        return;
    satip->asked = wanted;
    ask_stream(satip, QUESTION_PIDS, change);
}

/* Gives the tuner back, so that a server with one tuner has it free for the next try. */
static void
give_back(IntakeSatip *satip, GError *taken)
{
    g_autoptr(GError) error = taken;
    if (!satip->has_session || intake_rtsp_is_waiting(satip->rtsp)) {
        give_up(satip, g_steal_pointer(&error));
        return;
    }
    stop(&satip->alive);
    stop(&satip->silence);
    g_clear_error(&satip->reason);
    satip->reason = g_steal_pointer(&error);
    ask_stream(satip, QUESTION_TEARDOWN, NULL);
    set_state(satip, INTAKE_SATIP_LEAVING, NULL);
}

static gboolean
on_silence(gpointer data)
{
    IntakeSatip *satip = data;
    gboolean any = satip->heard || satip->heard_figures;
    satip->deaf = satip->heard ? 0 : satip->deaf + 1;
    satip->heard = satip->heard_figures = FALSE;
    // A tuner without lock sends figures and nothing else: that is told, and waited for.
    if (any && (satip->deaf < DEAF_PERIODS || !satip->signal.locked ||
                intake_pids_is_empty(&satip->given)))
        return G_SOURCE_CONTINUE;
    // Datagrams may not get through at all: the next try asks for the other way.
    if (!satip->ever_heard && satip->query->way == INTAKE_SATIP_QUERY_ANY)
        satip->inside = !satip->inside;
    stop(&satip->silence);
    give_back(satip,
              g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_SILENT, "the server sends no stream"));
    return G_SOURCE_REMOVE;
}

static gboolean
on_alive(gpointer data)
{
    IntakeSatip *satip = data;
    if (!intake_rtsp_is_waiting(satip->rtsp))
        ask(satip, QUESTION_ALIVE, "");
    return G_SOURCE_CONTINUE;
}

static void
on_rtp_payload(const guint8 *bytes, gsize length, gpointer data)
{
    IntakeSatip *satip = data;
    satip->funcs.received(bytes, length, satip->now_us, satip->data);
}

static void
take_packet(IntakeSatip *satip, gboolean control, const guint8 *bytes, gsize length)
{
    satip->now_us = g_get_monotonic_time();
    if (control) {
        satip->heard_figures |= intake_satip_signal_parse(bytes, length, &satip->signal);
        return;
    }
    guint64 before = intake_rtp_get_figures(satip->rtp).packets;
    intake_rtp_push(satip->rtp, bytes, length);
    if (intake_rtp_get_figures(satip->rtp).packets == before)
        return;
    satip->heard = satip->ever_heard = TRUE;
    satip->failures = 0;
}

static void
on_port_pair_datagram(gboolean control, const guint8 *bytes, gsize length, gpointer data)
{
    take_packet(data, control, bytes, length);
}

static void
on_rtsp_received(guint8 channel, const guint8 *bytes, gsize length, gpointer data)
{
    IntakeSatip *satip = data;
    if (!satip->inside || channel < satip->channel || channel > satip->channel + 1)
        return;
    take_packet(satip, channel != satip->channel, bytes, length);
}

/* Returns: whether another server is asked now. */
static gboolean
follow_redirect(IntakeSatip *satip, const IntakeRtspAnswer *answer)
{
    g_autofree char *host = NULL;
    guint16 port = 0;
    if (satip->redirects >= REDIRECTS_MAX ||
        !intake_rtsp_answer_parse_redirect(answer, &host, &port))
        return FALSE;
    hang_up(satip);
    satip->redirects++;
    g_free(satip->host);
    satip->host = g_steal_pointer(&host);
    satip->port = port;
    set_state(satip, INTAKE_SATIP_CONNECTING, NULL);
    connect_again(satip);
    return TRUE;
}

static void
hear_sender(IntakeSatip *satip, const IntakeRtspTransport *transport)
{
    g_autoptr(GInetAddress) sender = transport->source[0] != '\0'
                                         ? g_inet_address_new_from_string(transport->source)
                                         : intake_rtsp_get_remote(satip->rtsp);
    if (satip->ports != NULL && sender != NULL)
        intake_port_pair_set_sender(satip->ports, sender);
}

static void
take_setup(IntakeSatip *satip, const IntakeRtspAnswer *answer)
{
    IntakeRtspTransport transport;
    if (follow_redirect(satip, answer))
        return;
    if (answer->status == 461 && satip->query->way == INTAKE_SATIP_QUERY_ANY)
        satip->inside = !satip->inside;
    if (answer->status == 503 && answer->body != NULL && strstr(answer->body, "pids") != NULL)
        satip->only_all = TRUE;
    if (answer->status != 200) {
        give_up(satip, intake_rtsp_answer_explain(answer));
        return;
    }
    satip->has_session = intake_rtsp_answer_parse_session(answer->session, &satip->session);
    if (!satip->has_session ||
        !intake_rtsp_answer_parse_stream(answer->stream_id, &satip->stream_id) ||
        !intake_rtsp_answer_parse_transport(answer->transport, &transport) ||
        transport.inside != satip->inside) {
        give_up(satip, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_PROTOCOL,
                                           "its answer to SETUP lacks Session, com.ses.streamID or "
                                           "Transport"));
        return;
    }
    satip->channel = transport.channel;
    hear_sender(satip, &transport);
    set_state(satip, INTAKE_SATIP_STARTING, NULL);
    if (satip->state == INTAKE_SATIP_STARTING)
        ask_stream(satip, QUESTION_PLAY, NULL);
}

static void
take_play(IntakeSatip *satip, const IntakeRtspAnswer *answer)
{
    guint half_ms = satip->session.timeout_s * 500;
    guint alive_ms = satip->waits.alive_ms > 0 ? satip->waits.alive_ms : MIN(half_ms, ALIVE_MS_MAX);
    IntakeRtspSession session;
    if (answer->status != 200) {
        satip->has_session = answer->status != 454;
        give_back(satip, intake_rtsp_answer_explain(answer));
        return;
    }
    if (intake_rtsp_answer_parse_session(answer->session, &session) &&
        strcmp(session.id, satip->session.id) != 0) {
        give_up(satip, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_PROTOCOL,
                                           "it answers for another session"));
        return;
    }
    satip->given = satip->asked;
    satip->heard = satip->heard_figures = satip->ever_heard = FALSE;
    satip->deaf = 0;
    start(&satip->alive, alive_ms, on_alive, satip);
    start(&satip->silence, satip->waits.silence_ms, on_silence, satip);
    set_state(satip, INTAKE_SATIP_PLAYING, NULL);
}

static void
take_pids(IntakeSatip *satip, const IntakeRtspAnswer *answer)
{
    if (answer->status == 200) {
        satip->given = satip->asked;
    } else if (answer->status == 454 || answer->status == 404) {
        give_up(satip, intake_rtsp_answer_explain(answer));
    } else if (!satip->only_all) {
        satip->only_all = TRUE;
    } else { // goes on with what it has
        g_autoptr(GError) error = intake_rtsp_answer_explain(answer);
        set_state(satip, INTAKE_SATIP_PLAYING, error);
    }
}

static void
take_teardown(IntakeSatip *satip)
{
    GError *reason = g_steal_pointer(&satip->reason);
    give_up(satip, reason);
}

static void
on_rtsp_answered(const IntakeRtspAnswer *answer, gpointer data)
{
    IntakeSatip *satip = data;
    switch (satip->question) {
    case QUESTION_SETUP:
        take_setup(satip, answer);
        break;
    case QUESTION_PLAY:
        take_play(satip, answer);
        break;
    case QUESTION_PIDS:
        take_pids(satip, answer);
        break;
    case QUESTION_ALIVE:
        if (answer->status == 454)
            give_up(satip, intake_rtsp_answer_explain(answer));
        break;
    case QUESTION_TEARDOWN:
        take_teardown(satip);
        return;
    }
    if (satip->state == INTAKE_SATIP_PLAYING && satip->leaving)
        give_back(satip, NULL);
    else
        follow_pids(satip);
}

static void
on_rtsp_failed(const GError *error, gpointer data)
{
    IntakeSatip *satip = data;
    GError *reason = g_steal_pointer(&satip->reason);
    give_up(satip, reason != NULL ? reason : g_error_copy(error));
}

static void
on_rtsp_opened(gpointer data)
{
    IntakeSatip *satip = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GInetAddress) local = intake_rtsp_get_local(satip->rtsp);
    if (!satip->inside && local != NULL)
        satip->ports = intake_port_pair_open(local, on_port_pair_datagram, satip, &error);
    if (!satip->inside && satip->ports == NULL) {
        give_up(satip, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_BUSY,
                                           error != NULL ? error->message : "no UDP port"));
        return;
    }
    satip->asked = get_wanted(satip);
    g_autofree char *query = intake_satip_query_render(satip->query, &satip->asked);
    g_autofree char *behind = g_strconcat("?", query, NULL);
    set_state(satip, INTAKE_SATIP_SETTING_UP, NULL);
    if (satip->state == INTAKE_SATIP_SETTING_UP)
        ask(satip, QUESTION_SETUP, behind);
}

static void
connect_again(IntakeSatip *satip)
{
    static const IntakeRtspFuncs funcs = {
        .opened = on_rtsp_opened,
        .answered = on_rtsp_answered,
        .received = on_rtsp_received,
        .failed = on_rtsp_failed,
    };
    const IntakeRtspPlace place = {
        .host = satip->host, .port = satip->port, .wait_ms = satip->waits.answer_ms};
    if (satip->state == INTAKE_SATIP_CONNECTING)
        satip->rtsp = intake_rtsp_new(&place, &funcs, satip);
}

IntakeSatip *
intake_satip_open(const IntakeAddress *address, const IntakeSatipWaits *waits,
                  const IntakeSatipFuncs *funcs, gpointer data, GError **error)
{
    g_autoptr(IntakeSatipQuery) query = intake_satip_query_parse(address->query, error);
    if (query == NULL)
        return NULL;
    IntakeSatip *satip = g_new0(IntakeSatip, 1);
    satip->funcs = *funcs;
    satip->data = data;
    satip->waits = waits != NULL ? *waits : usual_waits;
    satip->inside = query->way == INTAKE_SATIP_QUERY_TCP;
    satip->query = g_steal_pointer(&query);
    satip->home = g_strdup(address->host);
    satip->host = g_strdup(address->host);
    satip->home_port = satip->port = address->port;
    satip->rtp = intake_rtp_new(on_rtp_payload, satip);
    hang_up(satip);
    connect_again(satip);
    return satip;
}

static gboolean
on_leave_late(gpointer data)
{
    give_up(data, NULL);
    return G_SOURCE_REMOVE;
}

void
intake_satip_leave(IntakeSatip *satip)
{
    if (satip->leaving)
        return;
    satip->leaving = TRUE;
    start(&satip->retry, MIN(satip->waits.answer_ms, LEAVE_MS), on_leave_late, satip);
    switch (satip->state) {
    case INTAKE_SATIP_PLAYING:
        if (!intake_rtsp_is_waiting(satip->rtsp))
            give_back(satip, NULL);
        break;
    case INTAKE_SATIP_CONNECTING:
    case INTAKE_SATIP_WAITING:
        give_up(satip, NULL);
        break;
    case INTAKE_SATIP_SETTING_UP: // when the answer is there
    case INTAKE_SATIP_STARTING:
    case INTAKE_SATIP_LEAVING:
        break;
    case INTAKE_SATIP_OVER:
        stop(&satip->retry);
        break;
    }
}

void
intake_satip_free(IntakeSatip *satip)
{
    // What is held back for order has nowhere to go.
    g_clear_pointer(&satip->rtp, intake_rtp_free);
    satip->rtp = intake_rtp_new(on_rtp_payload, satip);
    hang_up(satip);
    intake_rtp_free(satip->rtp);
    intake_satip_query_free(satip->query);
    g_clear_error(&satip->reason);
    g_free(satip->home);
    g_free(satip->host);
    g_free(satip);
}

void
intake_satip_set_pids(IntakeSatip *satip, const IntakePids *pids)
{
    satip->more = *pids;
    follow_pids(satip);
}

IntakeSatipState
intake_satip_get_state(const IntakeSatip *satip)
{
    return satip->state;
}

IntakeSignal
intake_satip_get_signal(const IntakeSatip *satip)
{
    return satip->signal;
}

IntakeRtpFigures
intake_satip_get_rtp(const IntakeSatip *satip)
{
    return intake_rtp_get_figures(satip->rtp);
}

gboolean
intake_satip_is_inside(const IntakeSatip *satip)
{
    return satip->inside;
}
