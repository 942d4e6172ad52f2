// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whatever a SAT>IP server sends: figures stay in their ranges, session ids can stand in a header,
// and what is shown of a refusal is printable.
#include <string.h>

#include "pipelines/intake/rtsp_answer.h"
#include "pipelines/intake/satip_query.h"
#include "pipelines/intake/satip_signal.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check_signal(const IntakeSignal *signal)
{
    g_assert_true(signal->known);
    g_assert_true(signal->level >= 0 && signal->level <= 255);
    g_assert_true(signal->quality >= 0 && signal->quality <= 15);
    g_assert_true(signal->frequency_mhz >= 0 && signal->frequency_mhz < 100000);
}

static void
check_headers(const char *text)
{
    IntakeRtspSession session;
    IntakeRtspTransport transport;
    guint stream = 0;
    guint16 port = 0;
    g_autofree char *host = NULL;
    const IntakeRtspAnswer answer = {.status = 302, .reason = text, .location = text, .body = text};
    if (intake_rtsp_answer_parse_session(text, &session))
        g_assert_null(strpbrk(session.id, "\r\n \t:;"));
    if (intake_rtsp_answer_parse_transport(text, &transport))
        g_assert_true(transport.channel < 255);
    if (intake_rtsp_answer_parse_stream(text, &stream))
        g_assert_true(stream <= 65535);
    if (intake_rtsp_answer_parse_redirect(&answer, &host, &port))
        g_assert_true(*host != '\0' && port > 0);
    g_autoptr(GError) error = intake_rtsp_answer_explain(&answer);
    for (const char *at = error->message; *at != '\0'; at++)
        g_assert_true(g_ascii_isprint(*at));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    IntakeSignal signal = {.known = FALSE};
    g_autofree char *text = g_strndup((const char *)data, size);
    if (intake_satip_signal_parse(data, size, &signal))
        check_signal(&signal);
    if (intake_satip_signal_parse_text(text, &signal))
        check_signal(&signal);
    check_headers(text);
    g_autoptr(IntakeSatipQuery) query = intake_satip_query_parse(text, NULL);
    if (query == NULL || size > 1024) // a longer one has no room for `&pids=none`
        return 0;
    g_autofree char *rendered = intake_satip_query_render(query, &query->pids);
    g_autoptr(IntakeSatipQuery) again = intake_satip_query_parse(rendered, NULL);
    g_assert_nonnull(again);
    g_assert_cmpstr(again->tuning, ==, query->tuning);
    g_assert_true(intake_pids_equal(&again->pids, &query->pids));
    return 0;
}
