// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One connection to an RTSP server: connects, asks one thing at a time, hands over answers and what
// comes between them. On the main context of whoever made it; never blocks, never waits for ever.
#pragma once

#include <gst/rtsp/rtsp.h>

#include "pipelines/intake/rtsp_answer.h"

typedef struct _IntakeRtsp IntakeRtsp;

/** Whoever is called may send and may free the connection. */
typedef struct {
    /** May be asked from now on. */
    void (*opened)(gpointer data);
    /** Says this to the last question. */
    void (*answered)(const IntakeRtspAnswer *answer, gpointer data);
    /** Sends this between answers. */
    void (*received)(guint8 channel, const guint8 *bytes, gsize length, gpointer data);
    /** @error: of INTAKE_ERROR; nothing follows. */
    void (*failed)(const GError *error, gpointer data);
} IntakeRtspFuncs;

typedef struct {
    const char *host; // (unowned) name or address
    guint16 port;     // (value)
    guint wait_ms;    // (value) for the connection, and for each answer
} IntakeRtspPlace;

typedef struct {
    GstRTSPMethod method;  // (value)
    const char *uri;       // (unowned)
    const char *session;   // (unowned) (nullable)
    const char *transport; // (unowned) (nullable)
} IntakeRtspRequest;

/** Begins to connect. Returns: (transfer full). */
IntakeRtsp *intake_rtsp_new(const IntakeRtspPlace *place, const IntakeRtspFuncs *funcs,
                            gpointer data);
void intake_rtsp_free(IntakeRtsp *rtsp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeRtsp, intake_rtsp_free)

/** Asks; only when opened and the last answer came. A failure is told later. */
void intake_rtsp_send(IntakeRtsp *rtsp, const IntakeRtspRequest *request);

/** Returns: whether an answer is awaited, or the connection. */
gboolean intake_rtsp_is_waiting(const IntakeRtsp *rtsp);

/** Returns: (transfer full) (nullable): the addresses at both ends, once opened. */
GInetAddress *intake_rtsp_get_local(const IntakeRtsp *rtsp);
GInetAddress *intake_rtsp_get_remote(const IntakeRtsp *rtsp);
