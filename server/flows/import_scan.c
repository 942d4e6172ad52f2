// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Folders are walked depth first; names are sorted, so that a course comes in its order.
#include "server/flows/import_scan.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
free_item(FlowsImportScanItem *item)
{
    g_free(item->path);
    flows_receive_metadata_free(item->metadata);
    g_free(item);
}

static gboolean
is_companion(const char *name)
{
    static const char *const endings[] = {".json", ".txt",    ".csv",  ".md",  ".srt", ".vtt",
                                          ".ass",  ".ssa",    ".sub",  ".idx", ".jpg", ".jpeg",
                                          ".png",  ".gif",    ".webp", ".pdf", ".nfo", ".xml",
                                          ".html", ".sha256", ".md5",  ".part"};
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(lower, endings[i]))
            return TRUE;
    }
    return *name == '.';
}

/* Returns: (transfer full) (nullable): text of the sidecar that is there, bounded. */
static char *
read_sidecar(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    gsize stem = dot != NULL && (slash == NULL || dot > slash) ? (gsize)(dot - path) : strlen(path);
    g_autofree char *long_name = g_strconcat(path, ".json", NULL);
    g_autofree char *short_name = g_strdup_printf("%.*s.json", (int)stem, path);
    const char *names[] = {long_name, short_name};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        struct stat info;
        char *text = NULL;
        if (stat(names[i], &info) == 0 && S_ISREG(info.st_mode) && strcmp(names[i], path) != 0 &&
            info.st_size <= FLOWS_IMPORT_SCAN_SIDECAR_BYTES &&
            g_file_get_contents(names[i], &text, NULL, NULL))
            return text;
    }
    return NULL;
}

/* FALSE when the sidecar is no JSON object of texts. */
static gboolean
apply_sidecar(const char *text, FlowsReceiveMetadata *metadata)
{
    const struct {
        const char *name; // of the member
        char **slot;      // where it goes
    } members[] = {
        {"title", &metadata->title},
        {"description", &metadata->description},
        {"language", &metadata->language},
    };
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_data(parser, text, -1, NULL) ||
        json_parser_get_root(parser) == NULL ||
        !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        return FALSE;
    JsonObject *object = json_node_get_object(json_parser_get_root(parser));
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        JsonNode *node = json_object_get_member(object, members[i].name);
        if (node == NULL)
            continue;
        if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
            return FALSE;
        g_free(*members[i].slot);
        *members[i].slot = json_node_dup_string(node);
    }
    return TRUE;
}

/* What is known about a file: its name, then what the sidecar says. */
static FlowsReceiveMetadata *
describe_file(const char *path, const char **problem)
{
    g_autoptr(FlowsReceiveMetadata) metadata = flows_receive_metadata_new();
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *sidecar = read_sidecar(path);
    metadata->filename = g_utf8_make_valid(name, -1);
    if ((sidecar != NULL &&
         (!g_utf8_validate(sidecar, -1, NULL) || !apply_sidecar(sidecar, metadata))) ||
        flows_receive_metadata_check(metadata) != FLOWS_RECEIVE_METADATA_FINE) {
        *problem = "sidecar";
        return NULL;
    }
    return g_steal_pointer(&metadata);
}

static void
add_item(GPtrArray *items, const char *path, const char *problem)
{
    FlowsImportScanItem *item = g_new0(FlowsImportScanItem, 1);
    item->path = g_strdup(path);
    item->problem = problem;
    if (problem == NULL && access(path, R_OK) != 0)
        item->problem = "unreadable";
    if (item->problem == NULL)
        item->metadata = describe_file(path, &item->problem);
    g_ptr_array_add(items, item);
}

static void walk_folder(GPtrArray *items, const char *folder, guint depth);

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
visit_entry(GPtrArray *items, const char *folder, const char *name, guint depth)
{
    struct stat info;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (lstat(path, &info) != 0)
        return;
    if (S_ISDIR(info.st_mode) && *name != '.' && depth < FLOWS_IMPORT_SCAN_DEPTH)
        walk_folder(items, path, depth + 1);
    else if (S_ISREG(info.st_mode) && !is_companion(name))
        add_item(items, path, NULL);
}

static void
walk_folder(GPtrArray *items, const char *folder, guint depth)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (dir == NULL) {
        add_item(items, folder, "unreadable");
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len && items->len < FLOWS_IMPORT_SCAN_FILES; i++)
        visit_entry(items, folder, g_ptr_array_index(names, i), depth);
}

GPtrArray *
flows_import_scan_find(const char *const *paths)
{
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)free_item);
    for (gsize i = 0; paths[i] != NULL; i++) {
        struct stat info;
        if (stat(paths[i], &info) != 0)
            add_item(items, paths[i], "missing");
        else if (S_ISDIR(info.st_mode))
            walk_folder(items, paths[i], 0);
        else if (S_ISREG(info.st_mode))
            add_item(items, paths[i], NULL);
        else
            add_item(items, paths[i], "unreadable");
    }
    return items;
}
