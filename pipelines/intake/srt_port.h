// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The SRT library (Secure Reliable Transport) behind one face: calls a sender, or listens and
// answers many. A thread of its own waits for the library; everything is told on the main context
// of whoever opened it, save `admit`. What is not taken in time waits within bounds, then the
// library drops what is too late.
#pragma once

#include <glib.h>

#define INTAKE_SRT_ERROR (intake_srt_port_error_quark())

typedef enum {
    INTAKE_SRT_ERROR_PASSPHRASE, // both sides have one, and they differ
    INTAKE_SRT_ERROR_UNSECURE,   // only one side has one
    INTAKE_SRT_ERROR_REFUSED,    // the other side does not want this stream id, or nobody at all
    INTAKE_SRT_ERROR_NO_ANSWER,  // nobody there speaks SRT
    INTAKE_SRT_ERROR_GONE,       // the connection ended
} IntakeSrtError;

GQuark intake_srt_port_error_quark(void);

/** What the one who is not let in is told (rejection codes of SRT's access control). */
typedef enum {
    INTAKE_SRT_VERDICT_ADMIT = 0,
    INTAKE_SRT_VERDICT_UNKNOWN = 1401,
    INTAKE_SRT_VERDICT_OVERLOAD = 1402,
    INTAKE_SRT_VERDICT_CONFLICT = 1409, // another one sends under this name
} IntakeSrtVerdict;

typedef struct {
    gboolean listens;       // (value)
    const char *host;       // (unowned) (nullable) numeric; NULL: all own addresses
    guint16 port;           // (value) 0: any, of a listener
    const char *passphrase; // (unowned) (nullable)
    const char *stream_id;  // (unowned) (nullable) of a caller
    guint latency_ms;       // (value)
    guint key_bytes;        // (value) 0: the library's choice
} IntakeSrtPortSetup;

typedef struct _IntakeSrtPort IntakeSrtPort;

/** None may free the port. @peer: a number for each connection, never used again. */
typedef struct {
    /** (nullable) Listeners: asked on a thread of the library, at once; @stream_id may be empty
     * and is foreign. */
    IntakeSrtVerdict (*admit)(const char *stream_id, gpointer data);
    /** (nullable) Listeners: somebody was admitted, and comes or fails for his passphrase. */
    void (*knocked)(gpointer data);
    /** It is connected. @place: its address. */
    void (*came)(gint peer, const char *stream_id, const char *place, gpointer data);
    /** @bytes are good until return. @now_us: when they were read (monotonic). */
    void (*received)(gint peer, const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** @error: of INTAKE_SRT_ERROR. Of a caller that never came @peer is 0. */
    void (*gone)(gint peer, const GError *error, gpointer data);
} IntakeSrtPortFuncs;

/** Returns: (transfer full): listening, or on its way to the sender; or NULL with an error of
 * G_IO_ERROR. */
IntakeSrtPort *intake_srt_port_open(const IntakeSrtPortSetup *setup,
                                    const IntakeSrtPortFuncs *funcs, gpointer data, GError **error);

/** Ends all connections; waits for the thread, a fraction of a second. */
void intake_srt_port_free(IntakeSrtPort *port);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSrtPort, intake_srt_port_free)

/** Ends one connection; what came before may still be told, `gone` is not. */
void intake_srt_port_end(IntakeSrtPort *port, gint peer);

/** Returns: the UDP port of a listener. */
guint16 intake_srt_port_get_number(const IntakeSrtPort *port);
