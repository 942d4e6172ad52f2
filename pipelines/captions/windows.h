// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The eight windows of one CEA-708 caption service (CTA-708-E §8.4): letters are written into rows,
// windows shown, hidden and deleted. Only what is to be read is kept: no colours, no places. Pure.
// Used by cea708.c.
#pragma once

#include <glib.h>

#define CAPTIONS_WINDOWS_COUNT 8

typedef struct _CaptionsWindows CaptionsWindows;

typedef enum {
    CAPTIONS_WINDOWS_CLEAR,
    CAPTIONS_WINDOWS_DISPLAY,
    CAPTIONS_WINDOWS_HIDE,
    CAPTIONS_WINDOWS_TOGGLE,
    CAPTIONS_WINDOWS_DELETE,
} CaptionsWindowsAction;

CaptionsWindows *captions_windows_new(void);
void captions_windows_free(CaptionsWindows *windows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsWindows, captions_windows_free)

/** DefineWindow (§8.10.5.2): the present window from then on. @parameters: six bytes. */
void captions_windows_define(CaptionsWindows *windows, guint id, const guint8 *parameters);

/** SetCurrentWindow; one that is not defined is passed over. */
void captions_windows_select(CaptionsWindows *windows, guint id);

/** @which: a bit a window. */
void captions_windows_apply(CaptionsWindows *windows, CaptionsWindowsAction action, guint8 which);

/** SetPenLocation in the present window. */
void captions_windows_move(CaptionsWindows *windows, guint row, guint column);

void captions_windows_put(CaptionsWindows *windows, gunichar letter);
void captions_windows_go_back(CaptionsWindows *windows);
void captions_windows_end_line(CaptionsWindows *windows);
void captions_windows_clear_line(CaptionsWindows *windows);
void captions_windows_clear_page(CaptionsWindows *windows);

/** TRUE when a window that is shown rolled up since the last call. */
gboolean captions_windows_take_rolled(CaptionsWindows *windows);

/** Returns: (transfer full): what is shown, top to bottom, a line each row; empty when nothing is.
 */
char *captions_windows_get_text(const CaptionsWindows *windows);
