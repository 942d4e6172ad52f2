// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Prints one line a fault on standard output; changes nothing.
#include "server/verbs/check.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "catalog/backup.h"
#include "catalog/lessonlist.h"
#include "server/storage.h"
#include "server/verbs/checkmedia.h"
#include "server/verbs/common.h"

// What is counted and where to look.
typedef struct {
    ServerStorage *storage; // (unowned)
    guint lessons;          // looked at
    guint faults;           // printed
    VerbsCheckmedia media;  // (value) segments, and folders that nobody names
} Check;

static void
print_fault(Check *check, const char *what)
{
    check->faults++;
    g_print("%s\n", what);
}

static void
check_file(Check *check, const char *lesson_id, const char *name, gint64 bytes)
{
    g_autofree char *path = server_storage_build_bundle_file_path(check->storage, lesson_id, name);
    struct stat status;
    gboolean there = path != NULL && stat(path, &status) == 0 && S_ISREG(status.st_mode);
    if (there && (bytes < 0 || status.st_size == bytes))
        return;
    g_autofree char *what =
        g_strdup_printf("lessons/%s/%s: %s", lesson_id, name,
                        there ? verbs_common_say("ขนาดไม่ถูกต้อง", "has the wrong size")
                              : verbs_common_say("หายไป", "is missing"));
    print_fault(check, what);
}

static void
check_lesson(Check *check, const CatalogLesson *lesson)
{
    check->lessons++;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        // The bytes of `slides` are those of all its stills and its sound.
        if (rung->file != NULL)
            check_file(check, lesson->id, rung->file, rung->stills > 0 ? -1 : rung->bytes);
        if (rung->file != NULL && rung->index_file != NULL)
            check_file(check, lesson->id, rung->index_file, -1);
    }
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        check_file(check, lesson->id, asset->file, asset->bytes);
    }
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        check_file(check, lesson->id, captions->file, captions->bytes);
    }
    if (lesson->poster_file != NULL)
        check_file(check, lesson->id, lesson->poster_file, -1);
    check_file(check, lesson->id, "lesson.json", -1);
    check_file(check, lesson->id, "index.m3u8", -1);
}

static gboolean
check_lessons(CatalogDatabase *database, gpointer data, GError **error)
{
    Check *check = data;
    g_autoptr(GPtrArray) ids =
        catalog_lessonlist_list_ids(database, CATALOG_LESSON_STATE_PUBLISHED, error);
    for (guint i = 0; ids != NULL && i < ids->len; i++) {
        g_autoptr(CatalogLesson) lesson =
            catalog_lessonlist_get_generation(database, ids->pdata[i], 0, error);
        if (lesson == NULL)
            return FALSE;
        check_lesson(check, lesson);
    }
    return ids != NULL && verbs_checkmedia_run(database, &check->media, error);
}

static int
run(const ServerConfig *config)
{
    int exit_code = EX_OK;
    g_autoptr(ServerStorage) storage = server_storage_new(config->data_folder);
    g_autofree char *catalog = server_storage_build_catalog_path(storage);
    if (!g_file_test(catalog, G_FILE_TEST_EXISTS))
        return verbs_common_complain(EX_NOINPUT, "ไม่พบโฟลเดอร์ข้อมูล",
                                     "there is no catalogue in the data folder");
    Check check = {.storage = storage, .media = {.storage = storage}};
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogDatabase) database = verbs_common_open(config, &exit_code);
    if (database == NULL)
        return exit_code;
    g_autoptr(GPtrArray) faults = catalog_backup_check(database, &error);
    for (guint i = 0; faults != NULL && i < faults->len; i++)
        print_fault(&check, faults->pdata[i]);
    if (faults == NULL || !catalog_database_run_read(database, check_lessons, &check, &error))
        return verbs_common_report(error);
    check.faults += check.media.faults;
    g_print("%s: %u, %s: %u, %s: %u, %s: %u\n",
            verbs_common_say("บทเรียนที่ตรวจ", "published lessons looked at"), check.lessons,
            verbs_common_say("ช่องถ่ายทอด", "channels"), check.media.channels,
            verbs_common_say("การบันทึกที่ยังไม่เป็นบทเรียน", "recordings"), check.media.recordings,
            verbs_common_say("ปัญหาที่พบ", "faults found"), check.faults);
    return check.faults == 0 ? EX_OK : EX_DATAERR;
}

int
verbs_check_run(int argc, char **argv)
{
    g_auto(VerbsCommon) common = {0};
    int exit_code = verbs_common_parse(
        &common, &argc, &argv, "",
        verbs_common_say("ตรวจความครบถ้วนของข้อมูล โดยไม่แก้ไขอะไร",
                         "Checks the catalogue and the files it names; changes nothing."),
        NULL);
    if (exit_code != EX_OK)
        return exit_code;
    if (argc > 1)
        return verbs_common_complain(EX_USAGE, "check ไม่รับชื่อแฟ้ม", "check takes no arguments");
    g_autoptr(ServerConfig) config = verbs_common_load(&common, &exit_code);
    return config != NULL ? run(config) : exit_code;
}
