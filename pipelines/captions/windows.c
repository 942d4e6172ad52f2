// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A page of letters a window. Text runs from left to right; what runs over a row goes on in the
// next one, since a decoder that follows every print direction would not read it better.
#include "pipelines/captions/windows.h"

#include <string.h>

#define MOST_ROWS 16
#define MOST_COLUMNS 64
#define VISIBLE 0x20
#define ANCHOR_MASK 0x7F

typedef struct {
    gboolean defined;                          // (value)
    gboolean visible;                          // (value)
    guint anchor;                              // (value) how far down it stands
    guint rows;                                // (value) from 1
    guint columns;                             // (value) from 1
    guint row;                                 // (value) of the pen
    guint column;                              // (value) of the pen; `columns`: behind the last
    gunichar letters[MOST_ROWS][MOST_COLUMNS]; // (value) 0: nothing
} Window;

struct _CaptionsWindows {
    Window windows[CAPTIONS_WINDOWS_COUNT]; // (value)
    guint present;                          // (value) CAPTIONS_WINDOWS_COUNT: none
    gboolean rolled;                        // (value)
};

CaptionsWindows *
captions_windows_new(void)
{
    CaptionsWindows *windows = g_new0(CaptionsWindows, 1);
    windows->present = CAPTIONS_WINDOWS_COUNT;
    return windows;
}

void
captions_windows_free(CaptionsWindows *windows)
{
    g_free(windows);
}

/* NULL when there is none. */
static Window *
get_present(CaptionsWindows *windows)
{
    Window *window =
        windows->present < CAPTIONS_WINDOWS_COUNT ? &windows->windows[windows->present] : NULL;
    return window != NULL && window->defined ? window : NULL;
}

static void
clear(Window *window)
{
    memset(window->letters, 0, sizeof window->letters);
    window->row = window->column = 0;
}

void
captions_windows_define(CaptionsWindows *windows, guint id, const guint8 *parameters)
{
    Window *window = &windows->windows[id % CAPTIONS_WINDOWS_COUNT];
    window->visible = (parameters[0] & VISIBLE) != 0;
    window->anchor = parameters[1] & ANCHOR_MASK;
    window->rows = (parameters[3] & 15) + 1;
    window->columns = MIN((parameters[4] & 63) + 1, MOST_COLUMNS);
    // One that is defined again keeps its text.
    if (!window->defined)
        clear(window);
    window->defined = TRUE;
    window->row = MIN(window->row, window->rows - 1);
    window->column = MIN(window->column, window->columns);
    windows->present = id % CAPTIONS_WINDOWS_COUNT;
}

void
captions_windows_select(CaptionsWindows *windows, guint id)
{
    if (id < CAPTIONS_WINDOWS_COUNT && windows->windows[id].defined)
        windows->present = id;
}

static void
apply(Window *window, CaptionsWindowsAction action)
{
    switch (action) {
    case CAPTIONS_WINDOWS_CLEAR:
        clear(window);
        break;
    case CAPTIONS_WINDOWS_DISPLAY:
        window->visible = TRUE;
        break;
    case CAPTIONS_WINDOWS_HIDE:
        window->visible = FALSE;
        break;
    case CAPTIONS_WINDOWS_TOGGLE:
        window->visible = !window->visible;
        break;
    case CAPTIONS_WINDOWS_DELETE:
        window->defined = window->visible = FALSE;
        break;
    }
}

void
captions_windows_apply(CaptionsWindows *windows, CaptionsWindowsAction action, guint8 which)
{
    for (guint id = 0; id < CAPTIONS_WINDOWS_COUNT; id++)
        if ((which >> id & 1) != 0 && windows->windows[id].defined)
            apply(&windows->windows[id], action);
}

void
captions_windows_move(CaptionsWindows *windows, guint row, guint column)
{
    Window *window = get_present(windows);
    if (window == NULL)
        return;
    window->row = MIN(row, window->rows - 1);
    window->column = MIN(column, window->columns - 1);
}

static void
end_line(CaptionsWindows *windows, Window *window)
{
    window->column = 0;
    if (window->row + 1 < window->rows) {
        window->row++;
        return;
    }
    memmove(window->letters[0], window->letters[1], (window->rows - 1) * sizeof window->letters[0]);
    memset(window->letters[window->rows - 1], 0, sizeof window->letters[0]);
    windows->rolled = windows->rolled || window->visible;
}

void
captions_windows_put(CaptionsWindows *windows, gunichar letter)
{
    Window *window = get_present(windows);
    if (window == NULL)
        return;
    if (window->column >= window->columns)
        end_line(windows, window);
    window->letters[window->row][window->column++] = letter;
}

void
captions_windows_go_back(CaptionsWindows *windows)
{
    Window *window = get_present(windows);
    if (window != NULL && window->column > 0)
        window->letters[window->row][--window->column] = 0;
}

void
captions_windows_end_line(CaptionsWindows *windows)
{
    Window *window = get_present(windows);
    if (window != NULL)
        end_line(windows, window);
}

void
captions_windows_clear_line(CaptionsWindows *windows)
{
    Window *window = get_present(windows);
    if (window == NULL)
        return;
    memset(window->letters[window->row], 0, sizeof window->letters[0]);
    window->column = 0;
}

void
captions_windows_clear_page(CaptionsWindows *windows)
{
    Window *window = get_present(windows);
    if (window != NULL)
        clear(window);
}

gboolean
captions_windows_take_rolled(CaptionsWindows *windows)
{
    gboolean rolled = windows->rolled;
    windows->rolled = FALSE;
    return rolled;
}

static gboolean
is_blank(gunichar letter)
{
    return letter == 0 || letter == ' ' || letter == 0xA0;
}

static void
append_row(GString *text, const Window *window, guint row)
{
    const gunichar *letters = window->letters[row];
    guint first = 0, end = window->columns;
    while (end > 0 && is_blank(letters[end - 1]))
        end--;
    while (first < end && is_blank(letters[first]))
        first++;
    if (first == end)
        return;
    if (text->len > 0)
        g_string_append_c(text, '\n');
    for (guint i = first; i < end; i++)
        g_string_append_unichar(text, letters[i] != 0 ? letters[i] : ' ');
}

char *
captions_windows_get_text(const CaptionsWindows *windows)
{
    GString *text = g_string_new(NULL);
    gboolean taken[CAPTIONS_WINDOWS_COUNT] = {FALSE};
    for (guint turn = 0; turn < CAPTIONS_WINDOWS_COUNT; turn++) {
        guint next = CAPTIONS_WINDOWS_COUNT;
        for (guint id = 0; id < CAPTIONS_WINDOWS_COUNT; id++) {
            const Window *window = &windows->windows[id];
            gboolean shown = window->defined && window->visible && !taken[id];
            if (shown &&
                (next == CAPTIONS_WINDOWS_COUNT || window->anchor < windows->windows[next].anchor))
                next = id;
        }
        if (next == CAPTIONS_WINDOWS_COUNT)
            break;
        taken[next] = TRUE;
        for (guint row = 0; row < windows->windows[next].rows; row++)
            append_row(text, &windows->windows[next], row);
    }
    return g_string_free(text, FALSE);
}
