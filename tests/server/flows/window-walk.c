// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Prints every playlist of a window after each update, for live-playlists.mjs: a line of JSON each.
// The window lives through all it can: new init files, numbers without a rung, discontinuities,
// clocks that are set, limits that bite, restarts, rests.
#include "tests/server/flows/window-maker.h"

#include <stdio.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "server/flows/window_files.h"

#define UPDATES 160
#define PART_S 30

static void
print_line(const char *kind, guint update, const char *text)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "kind", kind);
    json_object_set_int_member(object, "update", update);
    json_object_set_string_member(object, "text", text);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    g_autofree char *line = json_to_string(node, FALSE);
    puts(line);
}

static void
print(const char *kind, guint update, FlowsWindowPlaylist *playlist)
{
    if (playlist == NULL)
        return;
    gsize size = 0;
    const char *data = g_bytes_get_data(playlist->text, &size);
    g_autofree char *text = g_strndup(data, size);
    print_line(kind, update, text);
    flows_window_playlist_unref(playlist);
}

/* From now on live playlists name nothing up to this number. */
static void
print_edge(guint update, guint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);
    print_line("edge", update, text);
}

static void
print_all(WindowMaker *maker, guint update)
{
    print("multivariant", update, flows_window_get_multivariant(maker->window));
    print("live", update, flows_window_get_live(maker->window, "small"));
    print("live", update, flows_window_get_live(maker->window, "voice"));
    print("whole", update, flows_window_make_from(maker->window, "small", 0, 0));
    print("part", update,
          flows_window_make_from(maker->window, "small", maker->wall_ms - 100000, PART_S));
}

static void
disturb(WindowMaker *maker, guint update)
{
    static const FlowsWindowLimits small = {24, 60 * 300, 0};
    if (update % 37 == 20)
        window_maker_add_inits(maker);
    if (update % 23 == 11)
        maker->skip_small = 3;
    if (update % 41 == 30)
        maker->wall_ms += update % 2 == 0 ? 86400000 : -86400000;
    if (update % 31 == 13) {
        FlowsWindowFigures figures = {0};
        flows_window_begin_anew(maker->window);
        flows_window_get_figures(maker->window, &figures);
        print_edge(update, figures.next_number - 1);
        print_all(maker, update);
    }
    if (update == 60)
        flows_window_set_limits(maker->window, &small);
    if (update % 50 != 49)
        return;
    g_autofree char *folder = g_strdup(maker->folder);
    window_maker_close(maker);
    window_maker_open(maker, folder, &small);
    print_edge(update, 0);
}

int
main(void)
{
    const FlowsWindowLimits wide = {24, G_MAXINT64, 0};
    g_autofree char *root = g_dir_make_tmp("daorian-walk-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(root, "channel", NULL);
    WindowMaker maker = {0};
    window_maker_open(&maker, folder, &wide);
    print_all(&maker, 0);
    window_maker_add_inits(&maker);
    for (guint update = 1; update < UPDATES; update++) {
        GError *error = NULL;
        disturb(&maker, update);
        window_maker_take(&maker, update % 19 == 7, &error);
        g_assert_no_error(error);
        print_all(&maker, update);
    }
    window_maker_close(&maker);
    flows_window_files_remove(folder);
    return g_rmdir(root);
}
