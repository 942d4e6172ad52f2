// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A bit a PID; written out in ascending order.
#include "pipelines/intake/pids.h"

#include <string.h>

void
intake_pids_add(IntakePids *pids, guint16 pid)
{
    g_return_if_fail(pid < INTAKE_PIDS_COUNT);
    pids->words[pid / 64] |= G_GUINT64_CONSTANT(1) << (pid % 64);
}

static gboolean
has_bit(const IntakePids *pids, guint pid)
{
    return (pids->words[pid / 64] >> (pid % 64) & 1) != 0;
}

gboolean
intake_pids_has(const IntakePids *pids, guint16 pid)
{
    return pid < INTAKE_PIDS_COUNT && (pids->all || has_bit(pids, pid));
}

gboolean
intake_pids_is_empty(const IntakePids *pids)
{
    static const IntakePids none = {.all = FALSE};
    return intake_pids_equal(pids, &none);
}

gboolean
intake_pids_equal(const IntakePids *one, const IntakePids *other)
{
    if (one->all || other->all)
        return one->all == other->all;
    return memcmp(one->words, other->words, sizeof one->words) == 0;
}

void
intake_pids_unite(IntakePids *pids, const IntakePids *more)
{
    for (guint i = 0; i < G_N_ELEMENTS(pids->words); i++)
        pids->words[i] |= more->words[i];
    pids->all |= more->all;
}

gboolean
intake_pids_parse(IntakePids *pids, const char *text)
{
    if (strcmp(text, "all") == 0)
        pids->all = TRUE;
    if (pids->all || strcmp(text, "none") == 0)
        return TRUE;
    g_auto(GStrv) numbers = g_strsplit(text, ",", INTAKE_PIDS_COUNT + 1);
    for (guint i = 0; numbers[i] != NULL; i++) {
        guint64 pid = 0;
        if (!g_ascii_string_to_unsigned(numbers[i], 10, 0, INTAKE_PIDS_COUNT - 1, &pid, NULL))
            return FALSE;
        intake_pids_add(pids, (guint16)pid);
    }
    return numbers[0] != NULL;
}

/* Appends those that @pids has and @without (nullable) has not. Returns: how many. */
static guint
append_list(GString *text, const IntakePids *pids, const IntakePids *without)
{
    guint count = 0;
    for (guint pid = 0; pid < INTAKE_PIDS_COUNT; pid++)
        if (has_bit(pids, pid) && (without == NULL || !has_bit(without, pid)))
            g_string_append_printf(text, "%s%u", count++ > 0 ? "," : "", pid);
    return count;
}

char *
intake_pids_render(const IntakePids *pids)
{
    GString *text = g_string_new(NULL);
    if (pids->all)
        g_string_append(text, "all");
    else if (append_list(text, pids, NULL) == 0)
        g_string_append(text, "none");
    return g_string_free(text, FALSE);
}

char *
intake_pids_render_change(const IntakePids *from, const IntakePids *to)
{
    if (intake_pids_equal(from, to))
        return NULL;
    if (from->all || to->all) {
        g_autofree char *list = intake_pids_render(to);
        return g_strconcat("pids=", list, NULL);
    }
    g_autoptr(GString) added = g_string_new("addpids=");
    g_autoptr(GString) removed = g_string_new("delpids=");
    guint gained = append_list(added, to, from), lost = append_list(removed, from, to);
    if (gained > 0 && lost > 0)
        return g_strconcat(added->str, "&", removed->str, NULL);
    return g_strdup(gained > 0 ? added->str : removed->str);
}
