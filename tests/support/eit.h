// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// EIT sections of the week in lessons.h (EN 300 468 §5.2.4, ETSI TS 101 211 §4.1.4).
#pragma once

#include "tests/support/psi.h"

/** Whose guide, and how it is written. */
typedef struct {
    guint16 service_id; // (value)
    guint16 transport;  // (value)
    guint16 network;    // (value)
    PsiText way;        // (value)
    gboolean other;     // (value) as of another multiplex
    guint8 version;     // (value)
} EitService;

/** Returns: (transfer full): section @number (0: present, 1: following) of present/following at
 * @now_ms. */
GByteArray *eit_make_following(const EitService *service, gint64 now_ms, guint8 number);

/** Returns: (transfer full) (element-type GByteArray): the whole schedule of the week. */
GPtrArray *eit_make_schedule(const EitService *service);

/** Returns: (transfer full): an event with its descriptors. */
GByteArray *eit_make_event(const EitService *service, guint index, guint8 running);
