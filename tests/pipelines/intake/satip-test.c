// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a SAT>IP address asks for, what a server answers, and the figures that it sends, good and
// hostile.
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/rtsp_answer.h"
#include "pipelines/intake/satip_query.h"
#include "pipelines/intake/satip_signal.h"

static void
test_query_good(void)
{
    static const struct {
        const char *text;        // as typed
        const char *rendered;    // with its own PIDs
        IntakeSatipQueryWay way; // asked for
    } rows[] = {
        {"src=1&freq=11778&pol=v&msys=dvbs2&sr=27500&fec=34&mtype=8psk&ro=0.35&plts=on&pids=18,0,"
         "17",
         "src=1&freq=11778&pol=v&msys=dvbs2&sr=27500&fec=34&mtype=8psk&ro=0.35&plts=on&pids=0,17,"
         "18",
         INTAKE_SATIP_QUERY_ANY},
        {"pids=all&freq=626&bw=8&msys=dvbt2&tmode=32k&mtype=256qam&gi=1128&plp=0&t2id=1&sm=0",
         "freq=626&bw=8&msys=dvbt2&tmode=32k&mtype=256qam&gi=1128&plp=0&t2id=1&sm=0&pids=all",
         INTAKE_SATIP_QUERY_ANY},
        {"freq=362.5&msys=dvbc&sr=6900&mtype=256qam&specinv=0&transport=tcp",
         "freq=362.5&msys=dvbc&sr=6900&mtype=256qam&specinv=0&pids=none", INTAKE_SATIP_QUERY_TCP},
        {"&freq=11778&&msys=dvbs&x_ci=2&transport=udp&pids=none",
         "freq=11778&msys=dvbs&x_ci=2&pids=none", INTAKE_SATIP_QUERY_UDP},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(IntakeSatipQuery) query = intake_satip_query_parse(rows[i].text, &error);
        g_assert_no_error(error);
        g_autofree char *rendered = intake_satip_query_render(query, &query->pids);
        g_assert_cmpstr(rendered, ==, rows[i].rendered);
        g_assert_cmpint(query->way, ==, rows[i].way);
    }
}

static void
test_query_wrong(void)
{
    static const char *const rows[] = {
        "",
        "freq=11778",
        "msys=dvbs2",
        "freq=&msys=dvbs2",
        "freq&msys=dvbs2",
        "freq=x&msys=dvbs2",
        "freq=1.2.3&msys=dvbs2",
        "freq=99999&msys=dvbs2",
        "freq=-1&msys=dvbs2",
        "freq=1&msys=dvbs3",
        "freq=1&msys=dvbs2&pol=H",
        "freq=1&msys=dvbs2&src=256",
        "freq=1&msys=dvbs2&src=0x1",
        "freq=1&msys=dvbs2&fec=13",
        "freq=1&msys=dvbs2&pids=8192",
        "freq=1&msys=dvbs2&pids=1,,2",
        "freq=1&msys=dvbs2&pids=1;2",
        "freq=1&msys=dvbs2&=3",
        "freq=1&msys=dvbs2&transport=sctp",
        "freq=1&msys=dvbs2 RTSP/1.0",
        "freq=1&msys=dvbs2\r\nX: y",
        "freq=1&msys=dvbs2&x=\"",
        "freq=1&msys=dvbs2&name=ไทย",
        "freq=nan&msys=dvbs2",
        "freq=0x10&msys=dvbs2",
        "freq=1e3&msys=dvbs2",
        "freq=1&msys=dvbs dvbs2",
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", rows[i]);
        g_assert_null(intake_satip_query_parse(rows[i], &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

static char *
render_change(const char *from, const char *to)
{
    IntakePids one = {.all = FALSE}, other = {.all = FALSE};
    g_assert_true(intake_pids_parse(&one, from));
    g_assert_true(intake_pids_parse(&other, to));
    return intake_pids_render_change(&one, &other);
}

static void
test_pids(void)
{
    static const struct {
        const char *from;   // given
        const char *to;     // wanted
        const char *change; // NULL: none
    } rows[] = {
        {"0,17", "17,0", NULL},
        {"0,17", "0,17,8191,256", "addpids=256,8191"},
        {"0,17,64", "0", "delpids=17,64"},
        {"0,17", "0,18", "addpids=18&delpids=17"},
        {"0", "none", "delpids=0"},
        {"none", "0", "addpids=0"},
        {"0", "all", "pids=all"},
        {"all", "0,1", "pids=0,1"},
        {"all", "all", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *change = render_change(rows[i].from, rows[i].to);
        g_assert_cmpstr(change, ==, rows[i].change);
    }
}

/* Golden: the example of SAT>IP 1.2.2 §3.5.7 and the forms of the other systems. */
static void
test_signal_text(void)
{
    static const struct {
        const char *text;             // of a server
        int frontend, level, quality; // figures
        gboolean locked;              // likewise
        double frequency_mhz;         // likewise
    } rows[] = {
        {"ver=1.0;src=1;tuner=1,240,1,7,12402,v,dvbs,,,,27500,34;pids=0,16,50,104,166,1707", 1, 240,
         7, TRUE, 12402},
        {"ver=1.1;tuner=3,18,0,0,626.00,8,dvbt2,32k,256qam,1128,,0,1,0;pids=", 3, 18, 0, FALSE,
         626},
        {"ver=1.2;tuner=2,255,1,15,362.5,8,dvbc,256qam,6900,,,0,0;pids=all", 2, 255, 15, TRUE,
         362.5},
        {"ver=1.0;src=1;tuner=1,0,0,0,,,,,,,,;pids=none", 1, 0, 0, FALSE, 0},
        {"ver=9.9;pids=;tuner=1,1,1,1", 1, 1, 1, TRUE, 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        IntakeSignal signal = {.known = FALSE};
        g_assert_true(intake_satip_signal_parse_text(rows[i].text, &signal));
        g_assert_true(signal.known && isnan(signal.cn_db) && isnan(signal.ber));
        g_assert_cmpint(signal.frontend, ==, rows[i].frontend);
        g_assert_cmpint(signal.level, ==, rows[i].level);
        g_assert_cmpint(signal.quality, ==, rows[i].quality);
        g_assert_cmpint(signal.locked, ==, rows[i].locked);
        g_assert_cmpfloat(signal.frequency_mhz, ==, rows[i].frequency_mhz);
    }
    static const char *const wrong[] = {
        "",
        "tuner=1,1,1,1",
        "ver=1.0",
        "ver=1.0;tuner=",
        "ver=1.0;tuner=1,1,1",
        "ver=1.0;tuner=1,256,1,1",
        "ver=1.0;tuner=1,1,2,1",
        "ver=1.0;tuner=1,1,1,16",
        "ver=1.0;tuner=-1,1,1,1",
        "ver=1.0;tuner=1,,1,1",
        "ver=1.0;tuner=65536,1,1,1",
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        IntakeSignal signal = {.known = FALSE};
        g_assert_false(intake_satip_signal_parse_text(wrong[i], &signal));
        g_assert_false(signal.known);
    }
}

/* A sender report, then APP with @text, whose lengths are right unless changed. */
static GByteArray *
make_report(const char *text)
{
    static const guint8 head[] = {0x80, 200, 0, 1, 0, 0, 0, 1};
    gsize length = strlen(text), padded = (length + 3) / 4 * 4;
    guint words = (guint)(12 + padded) / 4;
    const guint8 app[] = {
        0x80, 204, (guint8)(words >> 8),  (guint8)words, 0, 0, 0, 1, 'S', 'E', 'S', '1',
        0,    0,   (guint8)(length >> 8), (guint8)length};
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, head, sizeof head);
    g_byte_array_append(bytes, app, sizeof app);
    g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
    g_byte_array_set_size(bytes, (guint)(sizeof head + sizeof app + padded));
    return bytes;
}

static void
test_signal_packet(void)
{
    g_autoptr(GByteArray) good = make_report("ver=1.0;src=1;tuner=1,240,1,7,12402;pids=0");
    IntakeSignal signal = {.known = FALSE};
    g_assert_true(intake_satip_signal_parse(good->data, good->len, &signal));
    g_assert_cmpint(signal.level, ==, 240);
    // Cut anywhere, it says nothing; nothing is read behind its end.
    for (guint length = 0; length < good->len; length++) {
        g_autofree guint8 *cut = g_memdup2(good->data, length);
        signal.known = FALSE;
        g_assert_false(intake_satip_signal_parse(cut, length, &signal));
        g_assert_false(signal.known);
    }
    static const struct {
        guint at;     // byte
        guint8 value; // instead of the right one
    } wrongs[] = {{0, 0x40}, {3, 255}, {8, 0}, {9, 203}, {11, 200}, {16, 'X'}, {22, 1}, {23, 250}};
    for (guint i = 0; i < G_N_ELEMENTS(wrongs); i++) {
        g_autofree guint8 *bytes = g_memdup2(good->data, good->len);
        bytes[wrongs[i].at] = wrongs[i].value;
        g_assert_false(intake_satip_signal_parse(bytes, good->len, &signal));
    }
}

static void
test_session(void)
{
    IntakeRtspSession session = {.timeout_s = 0};
    g_assert_true(intake_rtsp_answer_parse_session("0521595368;timeout=30", &session));
    g_assert_cmpstr(session.id, ==, "0521595368");
    g_assert_cmpuint(session.timeout_s, ==, 30);
    g_assert_true(intake_rtsp_answer_parse_session(" a-Z_9.$+ ; x=1; timeout=99 ", &session));
    g_assert_cmpstr(session.id, ==, "a-Z_9.$+");
    g_assert_cmpuint(session.timeout_s, ==, 99);
    g_assert_true(intake_rtsp_answer_parse_session("1;timeout=0", &session));
    g_assert_cmpuint(session.timeout_s, ==, 60);
    g_assert_true(intake_rtsp_answer_parse_session("1;timeout=99999999999999999999", &session));
    g_assert_cmpuint(session.timeout_s, ==, 60);
    g_autofree char *long_id = g_strnfill(INTAKE_RTSP_ANSWER_SESSION_MAX + 1, '1');
    const char *const wrong[] = {"", ";timeout=3", "a b", "a\r\nb", "ไทย", long_id};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(intake_rtsp_answer_parse_session(wrong[i], &session));
    g_assert_false(intake_rtsp_answer_parse_session(NULL, &session));
    g_assert_cmpstr(session.id, ==, "1");
}

static void
test_transport(void)
{
    IntakeRtspTransport transport = {.channel = 9};
    g_assert_true(intake_rtsp_answer_parse_transport(
        "RTP/AVP;unicast;client_port=1400-1401;source=10.0.0.9;server_port=5004-5005", &transport));
    g_assert_false(transport.inside);
    g_assert_cmpstr(transport.source, ==, "10.0.0.9");
    g_assert_true(
        intake_rtsp_answer_parse_transport("RTP/AVP/TCP;unicast;interleaved=4-5", &transport));
    g_assert_true(transport.inside);
    g_assert_cmpuint(transport.channel, ==, 4);
    g_assert_cmpstr(transport.source, ==, "");
    g_assert_true(intake_rtsp_answer_parse_transport("RTP/AVP;source=box.example", &transport));
    g_assert_cmpstr(transport.source, ==, "");
    static const char *const wrong[] = {"", "RAW/RAW/UDP;unicast",
                                        "RTP/AVP/TCP;interleaved=255-256",
                                        "RTP/AVP/TCP;interleaved=-1", "RTP/AVP/TCP;interleaved="};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(intake_rtsp_answer_parse_transport(wrong[i], &transport));
    g_assert_false(intake_rtsp_answer_parse_transport(NULL, &transport));
    guint stream = 7;
    g_assert_false(intake_rtsp_answer_parse_stream("-1", &stream));
    g_assert_false(intake_rtsp_answer_parse_stream("1 ", &stream));
    g_assert_false(intake_rtsp_answer_parse_stream(NULL, &stream));
    g_assert_true(intake_rtsp_answer_parse_stream("65535", &stream));
    g_assert_cmpuint(stream, ==, 65535);
}

static void
test_explain(void)
{
    static const struct {
        IntakeRtspAnswer answer; // of the server
        IntakeError code;        // what it means
        const char *message;     // the detail
    } rows[] = {
        {{.status = 503, .reason = "Service Unavailable", .body = "No-More: frontends\r\nx"},
         INTAKE_ERROR_BUSY,
         "503 Service Unavailable, No-More: frontends"},
        {{.status = 403, .reason = "Forbidden", .body = "Out-of-Range: freq sr"},
         INTAKE_ERROR_REFUSED,
         "403 Forbidden, Out-of-Range: freq sr"},
        {{.status = 400, .reason = "Bad\r\nSet-Cookie: x", .body = "Check-Syntax: \x1b[2J"},
         INTAKE_ERROR_REFUSED,
         "400 Bad, Check-Syntax: ?[2J"},
        {{.status = 404, .reason = NULL}, INTAKE_ERROR_MISSING, "404 "},
        {{.status = 454, .reason = "Session Not Found"},
         INTAKE_ERROR_GONE,
         "454 Session Not Found"},
        {{.status = 461, .reason = "X"}, INTAKE_ERROR_TRANSPORT, "461 X"},
        {{.status = 999, .reason = ""}, INTAKE_ERROR_PROTOCOL, "999 "},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = intake_rtsp_answer_explain(&rows[i].answer);
        g_assert_error(error, INTAKE_ERROR, (gint)rows[i].code);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

static void
test_redirect(void)
{
    static const struct {
        guint status;         // of the answer
        const char *location; // header
        const char *host;     // NULL: no redirection
        guint16 port;         // likewise
    } rows[] = {
        {302, "rtsp://10.0.0.7:5540/x", "10.0.0.7", 5540},
        {301, "rtsp://box/", "box", 554},
        {302, "rtsp://[fd00::1]/", "fd00::1", 554},
        {200, "rtsp://box/", NULL, 0},
        {302, "http://box/", NULL, 0},
        {302, "rtsp:///x", NULL, 0},
        {302, "box", NULL, 0},
        {302, NULL, NULL, 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        IntakeRtspAnswer answer = {.status = rows[i].status, .location = rows[i].location};
        g_autofree char *host = NULL;
        guint16 port = 0;
        g_assert_cmpint(intake_rtsp_answer_parse_redirect(&answer, &host, &port), ==,
                        rows[i].host != NULL);
        g_assert_cmpstr(host, ==, rows[i].host);
        g_assert_cmpuint(port, ==, rows[i].port);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/satip/query/good", test_query_good);
    g_test_add_func("/intake/satip/query/wrong", test_query_wrong);
    g_test_add_func("/intake/satip/pids", test_pids);
    g_test_add_func("/intake/satip/signal/text", test_signal_text);
    g_test_add_func("/intake/satip/signal/packet", test_signal_packet);
    g_test_add_func("/intake/satip/answer/session", test_session);
    g_test_add_func("/intake/satip/answer/transport", test_transport);
    g_test_add_func("/intake/satip/answer/explain", test_explain);
    g_test_add_func("/intake/satip/answer/redirect", test_redirect);
    return g_test_run();
}
