// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Copies beside the data folder, checks the copy, and renames it last: a restore that was
// interrupted leaves no half of a data folder behind its name.
#include "server/verbs/restore.h"

#include <errno.h>
#include <sysexits.h>

#include <glib/gstdio.h>

#include "catalog/backup.h"
#include "catalog/ids.h"
#include "server/clock.h"
#include "server/flows/window_leap.h"
#include "server/storage.h"
#include "server/verbs/common.h"
#include "server/verbs/copy.h"

static gboolean
check_copy(ServerStorage *copy, GError **error)
{
    g_autofree char *path = server_storage_build_catalog_path(copy);
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, error);
    if (database == NULL)
        return FALSE;
    g_autoptr(GPtrArray) faults = catalog_backup_check(database, error);
    if (faults == NULL)
        return FALSE;
    if (faults->len == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the backup is damaged: %s",
                (const char *)faults->pdata[0]);
    return FALSE;
}

/* What was on the air after the backup was made is known to viewers, and not to it. */
static gboolean
leap_channels(ServerStorage *copy, GError **error)
{
    g_autoptr(ServerClock) clock = server_clock_new_system();
    g_autofree char *root = server_storage_build_channels_path(copy);
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (!catalog_ids_is_valid(name))
            continue;
        g_autofree char *folder = server_storage_build_channel_path(copy, name);
        if (!flows_window_leap(folder, server_clock_now_ms(clock), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
move_in_place(const char *from, const char *to, GError **error)
{
    // An empty data folder gives way; rename() replaces nothing that holds something.
    if (g_rename(from, to) == 0)
        return TRUE;
    int code = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", to, g_strerror(code));
    return FALSE;
}

static int
run(const ServerConfig *config, const char *folder)
{
    g_autoptr(ServerStorage) from = server_storage_new(folder);
    g_autoptr(ServerStorage) to = server_storage_new(config->data_folder);
    g_autofree char *catalog = server_storage_build_catalog_path(from);
    g_autofree char *beside = g_strconcat(server_storage_get_folder(to), ".restoring", NULL);
    g_autoptr(ServerStorage) copy = server_storage_new(beside);
    g_autoptr(GError) error = NULL;
    if (!g_file_test(catalog, G_FILE_TEST_IS_REGULAR))
        return verbs_common_complain(EX_NOINPUT, "โฟลเดอร์นี้ไม่ใช่ข้อมูลสำรอง",
                                     "there is no backup in that folder");
    if (!verbs_copy_is_vacant(server_storage_get_folder(to)))
        return verbs_common_complain(EX_CANTCREAT, "โฟลเดอร์ข้อมูลต้องว่างหรือยังไม่มี",
                                     "the data folder must be empty or not there yet");
    if (!verbs_copy_is_vacant(beside)) {
        g_printerr("daorian: %s: %s\n", beside,
                   verbs_common_say("ค้างจากการกู้คืนครั้งก่อน ให้ลบก่อน",
                                    "left by an earlier restore; delete it first"));
        return EX_CANTCREAT;
    }
    gboolean good = verbs_copy_tree(server_storage_get_folder(from), beside, &error) &&
                    server_storage_create(copy, &error) && check_copy(copy, &error) &&
                    leap_channels(copy, &error) &&
                    move_in_place(beside, server_storage_get_folder(to), &error);
    return good ? EX_OK : verbs_common_report(error);
}

int
verbs_restore_run(int argc, char **argv)
{
    const char *summary =
        verbs_common_say("กู้คืนข้อมูลสำรองลงในโฟลเดอร์ข้อมูลที่ว่าง",
                         "Makes a backup the data folder, which must be empty or not there yet.");
    return verbs_common_run_on_folder(argc, argv, summary, run);
}
