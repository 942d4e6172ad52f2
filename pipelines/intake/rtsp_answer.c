// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Small grammars; what does not fit them is refused, never guessed.
#include "pipelines/intake/rtsp_answer.h"

#include <gio/gio.h>
#include <string.h>

#include "pipelines/intake/error.h"

#define TIMEOUT_S 60
#define TIMEOUT_S_MAX 86400
#define DETAIL_BYTES_MAX 160
#define RTSP_PORT 554

gboolean
intake_rtsp_answer_parse_session(const char *text, IntakeRtspSession *session)
{
    IntakeRtspSession found = {.timeout_s = TIMEOUT_S};
    if (text == NULL)
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(text, ";", 8);
    if (parts[0] == NULL)
        return FALSE;
    const char *id = g_strstrip(parts[0]);
    for (const char *at = id; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && strchr("-_.+$", *at) == NULL)
            return FALSE;
    if (*id == '\0' || g_strlcpy(found.id, id, sizeof found.id) >= sizeof found.id)
        return FALSE;
    for (guint i = 1; parts[i] != NULL; i++) {
        guint64 seconds = 0;
        const char *part = g_strstrip(parts[i]);
        if (g_str_has_prefix(part, "timeout=") &&
            g_ascii_string_to_unsigned(part + 8, 10, 1, TIMEOUT_S_MAX, &seconds, NULL))
            found.timeout_s = (guint)seconds;
    }
    *session = found;
    return TRUE;
}

static gboolean
take_transport_part(IntakeRtspTransport *transport, const char *part)
{
    if (g_str_has_prefix(part, "interleaved=")) {
        guint64 channel = 0;
        g_auto(GStrv) pair = g_strsplit(part + strlen("interleaved="), "-", 2);
        if (pair[0] == NULL || !g_ascii_string_to_unsigned(pair[0], 10, 0, 254, &channel, NULL))
            return FALSE;
        transport->channel = (guint8)channel;
    } else if (g_str_has_prefix(part, "source=")) {
        const char *source = part + strlen("source=");
        if (g_hostname_is_ip_address(source) && strlen(source) < sizeof transport->source)
            g_strlcpy(transport->source, source, sizeof transport->source);
    }
    return TRUE;
}

gboolean
intake_rtsp_answer_parse_transport(const char *text, IntakeRtspTransport *transport)
{
    IntakeRtspTransport found = {.channel = 0};
    if (text == NULL)
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(text, ";", 24);
    if (parts[0] == NULL)
        return FALSE;
    const char *way = g_strstrip(parts[0]);
    found.inside = g_ascii_strcasecmp(way, "RTP/AVP/TCP") == 0;
    if (!found.inside && g_ascii_strcasecmp(way, "RTP/AVP") != 0 &&
        g_ascii_strcasecmp(way, "RTP/AVP/UDP") != 0)
        return FALSE;
    for (guint i = 1; parts[i] != NULL; i++)
        if (!take_transport_part(&found, g_strstrip(parts[i])))
            return FALSE;
    *transport = found;
    return TRUE;
}

gboolean
intake_rtsp_answer_parse_stream(const char *text, guint *stream_id)
{
    guint64 number = 0;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, 65535, &number, NULL))
        return FALSE;
    *stream_id = (guint)number;
    return TRUE;
}

gboolean
intake_rtsp_answer_parse_redirect(const IntakeRtspAnswer *answer, char **host, guint16 *port)
{
    if ((answer->status != 301 && answer->status != 302 && answer->status != 305 &&
         answer->status != 307) ||
        answer->location == NULL)
        return FALSE;
    g_autoptr(GUri) uri = g_uri_parse(answer->location, G_URI_FLAGS_NONE, NULL);
    if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "rtsp") != 0 ||
        g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0')
        return FALSE;
    int number = g_uri_get_port(uri);
    *host = g_strdup(g_uri_get_host(uri));
    *port = number > 0 && number <= 65535 ? (guint16)number : RTSP_PORT;
    return TRUE;
}

static IntakeError
choose_code(guint status)
{
    switch (status) {
    case 400:
    case 403:
    case 406:
    case 414:
    case 451:
    case 551:
        return INTAKE_ERROR_REFUSED;
    case 404:
        return INTAKE_ERROR_MISSING;
    case 408:
    case 454:
        return INTAKE_ERROR_GONE;
    case 453:
    case 503:
        return INTAKE_ERROR_BUSY;
    case 461:
        return INTAKE_ERROR_TRANSPORT;
    default:
        return INTAKE_ERROR_PROTOCOL;
    }
}

/* Appends up to a line's worth of @text that can be shown. */
static void
append_shown(GString *detail, const char *text)
{
    for (gsize i = 0; text[i] != '\0' && text[i] != '\r' && text[i] != '\n' && i < DETAIL_BYTES_MAX;
         i++)
        g_string_append_c(detail, g_ascii_isprint(text[i]) ? text[i] : '?');
}

GError *
intake_rtsp_answer_explain(const IntakeRtspAnswer *answer)
{
    static const char *const names[] = {"No-More:", "Out-of-Range:", "Check-Syntax:"};
    g_autoptr(GString) detail = g_string_new(NULL);
    g_string_append_printf(detail, "%u ", answer->status);
    append_shown(detail, answer->reason != NULL ? answer->reason : "");
    for (guint i = 0; answer->body != NULL && i < G_N_ELEMENTS(names); i++) {
        const char *found = strstr(answer->body, names[i]);
        if (found == NULL)
            continue;
        g_string_append(detail, ", ");
        append_shown(detail, found);
    }
    return g_error_new_literal(INTAKE_ERROR, (gint)choose_code(answer->status), detail->str);
}
