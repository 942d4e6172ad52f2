// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One whose key opens the door, whether here or away: what it sends is a transport stream whose
// first service with picture or sound is fed into pipes. The pipes stay when it goes and comes.
// Used by door.c.
#pragma once

#include <glib.h>

typedef struct _IntakeDoorCaller IntakeDoorCaller;

/** Returns: (transfer full): away. @key: hash. */
IntakeDoorCaller *intake_door_caller_new(const char *name, const char *key);
void intake_door_caller_free(IntakeDoorCaller *caller);

const char *intake_door_caller_get_name(const IntakeDoorCaller *caller);
const char *intake_door_caller_get_key(const IntakeDoorCaller *caller);

/** Any thread. Returns: whether it sent something in the last two seconds, so that nobody else may
 * come under its name; which is noted. */
gboolean intake_door_caller_is_busy(IntakeDoorCaller *caller);

/** Returns: whether somebody else tried since this was asked last. */
gboolean intake_door_caller_take_conflict(IntakeDoorCaller *caller);

/** It comes: on this connection from now on. @now_us: monotonic. */
void intake_door_caller_begin(IntakeDoorCaller *caller, gint peer, gint64 now_us);

/** It is away. */
void intake_door_caller_end(IntakeDoorCaller *caller);

/** Returns: its connection, 0: away. */
gint intake_door_caller_get_peer(const IntakeDoorCaller *caller);

/** Takes what it sends. Returns: whether a service is fed now that was not before. */
gboolean intake_door_caller_push(IntakeDoorCaller *caller, const guint8 *bytes, gsize length,
                                 gint64 now_us);

/** Returns: whether what it sends can be shown. */
gboolean intake_door_caller_is_on(const IntakeDoorCaller *caller);

/** Returns: (static) (nullable): why it should be sent away: a word of class sentences. */
const char *intake_door_caller_judge(IntakeDoorCaller *caller, gint64 now_us);

/** @descriptor: (transfer full): write end of a pipe. */
void intake_door_caller_add_feed(IntakeDoorCaller *caller, gint64 number, int descriptor);
void intake_door_caller_remove_feed(IntakeDoorCaller *caller, gint64 number);

/** Returns: bits that came since this was asked last. */
guint64 intake_door_caller_take_bits(IntakeDoorCaller *caller);

/** Returns: places where packets are missing, since it came. */
guint64 intake_door_caller_get_losses(const IntakeDoorCaller *caller);
