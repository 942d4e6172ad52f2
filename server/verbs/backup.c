// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue is copied before lessons: a file that it names stays for a grace time after it was
// replaced, so that the files copied afterwards are all there. What recordings have kept is copied
// before the catalogue and once more after it: one that became a lesson in between is still there
// as its row says, and one that began in between is there, too. Of a channel's window only the
// journal is copied: numbers go on after a restore, what could be rewound to is worth no disk.
// The certificate authority is copied with its key, so that phones need not trust a restored box
// anew; the copy is as private as the data folder. Unfinished uploads are not part of a backup.
#include "server/verbs/backup.h"

#include <errno.h>
#include <sysexits.h>

#include <glib/gstdio.h>

#include "catalog/backup.h"
#include "catalog/ids.h"
#include "server/storage.h"
#include "server/verbs/common.h"
#include "server/verbs/copy.h"

#define SAVED_THAI                                                                                                                                                                                                                                                                                                         \
    "สำรองแล้ว: ฐานข้อมูล บทเรียน ไฟล์ต้นฉบับ รายการที่บันทึกไว้แต่ยังไม่เป็นบทเรียน ใบรับรอง และเลขลำดับของช่อง " \
    "ไม่ได้สำรอง: ช่วงย้อนดูของช่อง ประวัติสุขภาพ และการอัปโหลดที่ค้างอยู่"
#define SAVED_ENGLISH                                                                              \
    "Saved: the catalogue, lessons, originals, recordings that are not lessons yet, "              \
    "certificates, "                                                                               \
    "the numbers of channels. Not saved: what channels can be rewound to, histories of health, "   \
    "unfinished uploads."

static gboolean
save_recordings(ServerStorage *from, ServerStorage *to, GError **error)
{
    g_autofree char *source = server_storage_build_recordings_path(from);
    g_autofree char *target = server_storage_build_recordings_path(to);
    return verbs_copy_tree(source, target, error);
}

static gboolean
save_journals(ServerStorage *from, ServerStorage *to, GError **error)
{
    g_autofree char *root = server_storage_build_channels_path(from);
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (!catalog_ids_is_valid(name))
            continue;
        g_autofree char *folder = server_storage_build_channel_path(from, name);
        g_autofree char *copy = server_storage_build_channel_path(to, name);
        g_autofree char *source = server_storage_build_channel_journal_path(folder);
        g_autofree char *target = server_storage_build_channel_journal_path(copy);
        if (!verbs_copy_file(source, target, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_backup(CatalogDatabase *database, ServerStorage *from, ServerStorage *to, GError **error)
{
    g_autofree char *catalog = server_storage_build_catalog_path(to);
    g_autofree char *lessons_from = server_storage_build_lessons_path(from);
    g_autofree char *lessons_to = server_storage_build_lessons_path(to);
    g_autofree char *originals_from = server_storage_build_originals_path(from);
    g_autofree char *originals_to = server_storage_build_originals_path(to);
    g_autofree char *tls_from = server_storage_build_tls_path(from);
    g_autofree char *tls_to = server_storage_build_tls_path(to);
    return save_recordings(from, to, error) && catalog_backup_write(database, catalog, error) &&
           save_recordings(from, to, error) && save_journals(from, to, error) &&
           verbs_copy_tree(tls_from, tls_to, error) &&
           verbs_copy_tree(lessons_from, lessons_to, error) &&
           verbs_copy_tree(originals_from, originals_to, error);
}

static int
run(const ServerConfig *config, const char *folder)
{
    g_autoptr(ServerStorage) from = server_storage_new(config->data_folder);
    g_autofree char *catalog = server_storage_build_catalog_path(from);
    if (!g_file_test(catalog, G_FILE_TEST_EXISTS))
        return verbs_common_complain(EX_NOINPUT, "ไม่พบโฟลเดอร์ข้อมูล",
                                     "there is no catalogue in the data folder");
    if (!verbs_copy_is_vacant(folder))
        return verbs_common_complain(EX_CANTCREAT, "โฟลเดอร์ปลายทางต้องว่าง",
                                     "the backup's folder must be empty or not there yet");
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_printerr("daorian: %s: %s\n", folder, g_strerror(errno));
        return EX_CANTCREAT;
    }
    int exit_code = EX_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerStorage) to = server_storage_new(folder);
    g_autoptr(CatalogDatabase) database = verbs_common_open(config, &exit_code);
    if (database == NULL)
        return exit_code;
    if (!write_backup(database, from, to, &error))
        return verbs_common_report(error);
    g_print("%s\n", verbs_common_say(SAVED_THAI, SAVED_ENGLISH));
    return EX_OK;
}

int
verbs_backup_run(int argc, char **argv)
{
    const char *summary =
        verbs_common_say("สำรองข้อมูลทั้งหมดไว้ในโฟลเดอร์ว่าง ทำได้ขณะเครื่องแม่ข่ายทำงาน",
                         "Copies everything into an empty folder, also while the server runs.");
    return verbs_common_run_on_folder(argc, argv, summary, run);
}
