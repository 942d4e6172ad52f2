// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Headers and refusals in the answers of an RTSP server (RFC 2326; SAT>IP 1.2.2 §3.5.5). Pure.
#pragma once

#include <glib.h>

#define INTAKE_RTSP_ANSWER_SESSION_MAX 128

/** An answer; texts are good until whoever passes it returns. */
typedef struct {
    guint status;          // (value)
    const char *reason;    // (unowned)
    const char *session;   // (unowned) (nullable)
    const char *transport; // (unowned) (nullable)
    const char *stream_id; // (unowned) (nullable) com.ses.streamID
    const char *location;  // (unowned) (nullable)
    const char *body;      // (unowned) (nullable)
} IntakeRtspAnswer;

typedef struct {
    char id[INTAKE_RTSP_ANSWER_SESSION_MAX + 1]; // (value)
    guint timeout_s;                             // (value) 60 when nothing is said
} IntakeRtspSession;

typedef struct {
    gboolean inside; // (value) the connection, by channel
    guint8 channel;  // (value) of RTP; RTCP has the next
    char source[64]; // (value) numeric address that sends, may be empty
} IntakeRtspTransport;

gboolean intake_rtsp_answer_parse_session(const char *text, IntakeRtspSession *session);
gboolean intake_rtsp_answer_parse_transport(const char *text, IntakeRtspTransport *transport);
gboolean intake_rtsp_answer_parse_stream(const char *text, guint *stream_id);

/** Returns: whether the answer is a redirection to @host (transfer full) and @port. */
gboolean intake_rtsp_answer_parse_redirect(const IntakeRtspAnswer *answer, char **host,
                                           guint16 *port);

/** Returns: (transfer full): of INTAKE_ERROR, with the parameter that the server names. */
GError *intake_rtsp_answer_explain(const IntakeRtspAnswer *answer);
