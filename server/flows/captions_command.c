// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// words → placeholders → walls before them.
#include "server/flows/captions_command.h"

#include <string.h>

static char *
fill_in(const char *word, const FlowsCaptionsCommandPlaces *places, gboolean *named)
{
    *named = *named || strstr(word, FLOWS_CAPTIONS_COMMAND_SOUND) != NULL ||
             strstr(word, FLOWS_CAPTIONS_COMMAND_LANGUAGE) != NULL;
    GString *text = g_string_new(word);
    g_string_replace(text, FLOWS_CAPTIONS_COMMAND_SOUND, places->sound, 0);
    g_string_replace(text, FLOWS_CAPTIONS_COMMAND_LANGUAGE, places->language, 0);
    return g_string_free(text, FALSE);
}

static void
add(GStrvBuilder *line, const char *first, const char *second, const char *third)
{
    g_strv_builder_add(line, first);
    if (second != NULL)
        g_strv_builder_add(line, second);
    if (third != NULL)
        g_strv_builder_add(line, third);
}

static void
add_walls(GStrvBuilder *line, const ChildSandbox *sandbox, const FlowsCaptionsCommandPlaces *places,
          const char *program)
{
    if (sandbox->bubblewrap == NULL)
        return;
    add(line, sandbox->bubblewrap, "--unshare-pid", "--unshare-ipc");
    add(line, "--die-with-parent", "--new-session", NULL);
    if (!places->network)
        g_strv_builder_add(line, "--unshare-net");
    add(line, "--ro-bind", "/", "/");
    add(line, "--dev-bind-try", "/dev", "/dev"); // graphics cards
    if (sandbox->proc_mounts)
        add(line, "--proc", "/proc", NULL);
    add(line, "--tmpfs", "/tmp", NULL);
    add(line, "--tmpfs", places->data_folder, NULL);
    add(line, "--ro-bind-try", program, program); // wherever it is kept
    add(line, "--ro-bind", places->sound, places->sound);
    add(line, "--chdir", "/tmp", "--");
}

GStrv
flows_captions_command_build(const ChildSandbox *sandbox, const FlowsCaptionsCommandPlaces *places,
                             GError **error)
{
    g_auto(GStrv) words = NULL;
    gboolean named = FALSE;
    if (!g_shell_parse_argv(places->command, NULL, &words, error))
        return NULL;
    g_autoptr(GStrvBuilder) line = g_strv_builder_new();
    add_walls(line, sandbox, places, words[0]);
    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *word = fill_in(words[i], places, &named);
        g_strv_builder_add(line, word);
    }
    if (!named)
        add(line, places->sound, places->language, NULL);
    return g_strv_builder_end(line);
}
