// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue is copied first: a file that it names stays for a grace time after it was replaced,
// so that the files copied afterwards are all there. The certificate authority is copied with its
// key, so that phones need not trust a restored box anew; the copy is as private as the data
// folder. Unfinished uploads are not part of a backup.
#include "server/verbs/backup.h"

#include <errno.h>
#include <sysexits.h>

#include <glib/gstdio.h>

#include "catalog/backup.h"
#include "server/storage.h"
#include "server/verbs/common.h"
#include "server/verbs/copy.h"

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
    return catalog_backup_write(database, catalog, error) &&
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
    return write_backup(database, from, to, &error) ? EX_OK : verbs_common_report(error);
}

int
verbs_backup_run(int argc, char **argv)
{
    const char *summary =
        verbs_common_say("สำรองข้อมูลทั้งหมดไว้ในโฟลเดอร์ว่าง ทำได้ขณะเครื่องแม่ข่ายทำงาน",
                         "Copies everything into an empty folder, also while the server runs.");
    return verbs_common_run_on_folder(argc, argv, summary, run);
}
