// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Stands between a socket of a stranger and a library that reads whatever is there: hands on a
// bounded piece at each turn of the main context, so that deadlines come to their turn, and counts
// what came since the last whole message. Thread-default context of whoever made it.
#pragma once

#include <gio/gio.h>

/** No whole message in so many bytes: nothing that is honest sends that. */
#define INTAKE_TAP_MESSAGE_BYTES_MAX (256 * 1024)

typedef struct _IntakeTap IntakeTap;

/** Called once; nothing is handed on after it. The tap must not be freed in it. */
typedef void (*IntakeTapFlooded)(gpointer data);

/** @outside: non-blocking from now on. Returns: (transfer full): NULL with G_IO_ERROR. */
IntakeTap *intake_tap_new(GSocket *outside, IntakeTapFlooded flooded, gpointer data,
                          GError **error);
void intake_tap_free(IntakeTap *tap);

/** Returns: (transfer none): the socket for the library, which sees what the stranger sends. */
GSocket *intake_tap_get_inside(IntakeTap *tap);

/** A whole message was read. */
void intake_tap_note_message(IntakeTap *tap);
