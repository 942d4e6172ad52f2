// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A window loses its oldest segments while we look; what is missing is looked at anew then.
#include "server/verbs/checkmedia.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/lessonlist.h"
#include "catalog/removals.h"
#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "server/verbs/common.h"

#define LOOKS 3

/* One folder of segments. */
typedef struct {
    const char *name; // (unowned) below the data folder, for people
    const char *path; // (unowned)
    gboolean loose;   // a recording's: nothing of it is deleted while it is there
    guint damaged;    // (out) lines of its journal
    guint missing;    // (out) files that its journal names
    guint segments;   // (out) numbers that it names
} Folder;

static void
print_fault(VerbsCheckmedia *check, const char *name, const char *thai, const char *english)
{
    check->faults++;
    g_print("%s: %s\n", name, verbs_common_say(thai, english));
}

static void
print_note(VerbsCheckmedia *check, const char *name, const char *thai, const char *english)
{
    check->notes++;
    g_print("%s: %s\n", name, verbs_common_say(thai, english));
}

static guint
count_parts(const FlowsWindowIndexEntry *entry)
{
    guint parts = 0;
    for (guint i = 0; i < FLOWS_WINDOW_INDEX_RUNGS_MAX; i++)
        parts += entry->parts[i].bytes > 0;
    return parts;
}

/* What of a window is older than its oldest file is over. */
static void
count_missing(Folder *folder, const FlowsWindowIndex *index)
{
    gboolean begun = folder->loose;
    folder->missing = 0;
    for (guint i = 0; i < flows_window_index_get_count(index); i++) {
        FlowsWindowIndexEntry entry = *flows_window_index_get(index, i);
        guint named = count_parts(&entry);
        begun = flows_window_files_verify(folder->path, index, &entry) || begun;
        if (begun)
            folder->missing += named - count_parts(&entry);
    }
}

/* A line that is being written has no end yet. */
static gsize
find_end(const char *text, gsize length)
{
    while (length > 0 && text[length - 1] != '\n')
        length--;
    return length;
}

static gboolean
read_folder(Folder *folder)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(FlowsWindowIndex) index = flows_window_index_new();
    index->loose = folder->loose;
    if (!flows_window_files_read(folder->path, &text, &length, NULL))
        return FALSE;
    flows_window_journal_read(index, text, find_end(text, length), &folder->damaged);
    folder->segments = flows_window_index_get_count(index);
    count_missing(folder, index);
    return TRUE;
}

static void
check_folder(VerbsCheckmedia *check, Folder *folder)
{
    for (guint looks = 0; looks < LOOKS; looks++) {
        if (!read_folder(folder)) {
            print_fault(check, folder->name, "อ่านสมุดรายการส่วนสื่อไม่ได้ ตรวจดิสก์และสิทธิ์ของโฟลเดอร์",
                        "its journal cannot be read; check the disk and who owns the folder");
            return;
        }
        if (folder->missing == 0)
            break;
    }
    g_autofree char *damaged = g_strdup_printf("%s (%u)", folder->name, folder->damaged);
    g_autofree char *missing = g_strdup_printf("%s (%u)", folder->name, folder->missing);
    if (folder->damaged > 0)
        print_fault(check, damaged,
                    "บรรทัดในสมุดรายการเสียหาย ช่วงนั้นจะหายไปเมื่อเริ่มเครื่องแม่ข่าย ส่วนที่เหลือใช้ได้ ตรวจดิสก์",
                    "lines of its journal are damaged; what they named is left out when the server "
                    "starts, all else goes on; check the disk");
    if (folder->missing > 0 && folder->loose)
        print_fault(check, missing,
                    "ไฟล์ของการบันทึกหายไป บทเรียนจะเว้นช่วงนั้นไว้และบอกไว้ ใช้รอบออกอากาศซ้ำเติมได้",
                    "files of the recording are missing; its lesson leaves them out and says so; a "
                    "repeat can fill them in");
    else if (folder->missing > 0)
        print_fault(check, missing,
                    "ไฟล์ในช่วงย้อนดูหายไป ผู้ชมจะเห็นเป็นช่องว่างจนกว่าจะพ้นช่วงย้อนดู ไม่ต้องทำอะไร",
                    "files of the rewind window are missing; viewers see a gap until it is past; "
                    "nothing need be done");
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns: (transfer full) (element-type utf8): names of folders in @path that are ids. */
static GPtrArray *
list_ids(const char *path)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (catalog_ids_is_valid(name))
            g_ptr_array_add(ids, g_strdup(name));
    g_ptr_array_sort(ids, compare_names);
    return ids;
}

static gboolean
check_channels(CatalogDatabase *database, VerbsCheckmedia *check, GError **error)
{
    g_autofree char *root = server_storage_build_channels_path(check->storage);
    g_autoptr(GPtrArray) ids = list_ids(root);
    g_autoptr(GPtrArray) rows = catalog_channels_list(database, error);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; rows != NULL && i < rows->len; i++)
        g_hash_table_add(known, ((CatalogChannels *)rows->pdata[i])->id);
    for (guint i = 0; rows != NULL && i < ids->len; i++) {
        g_autofree char *name = g_strconcat("channels/", ids->pdata[i], NULL);
        g_autofree char *path = server_storage_build_channel_path(check->storage, ids->pdata[i]);
        Folder folder = {.name = name, .path = path};
        check->channels++;
        if (g_hash_table_contains(known, ids->pdata[i]))
            check_folder(check, &folder);
        else
            print_note(check, name, "ช่องนี้ถูกลบไปแล้ว โฟลเดอร์จะถูกลบเมื่อเริ่มเครื่องแม่ข่าย",
                       "the channel is no more; the folder goes when the server starts");
    }
    return rows != NULL;
}

static void
check_recording(VerbsCheckmedia *check, const char *id, const GPtrArray *kept)
{
    g_autofree char *name = g_strconcat("recordings/", id, NULL);
    g_autofree char *path = server_storage_build_recording_path(check->storage, id);
    Folder folder = {.name = name, .path = path, .loose = TRUE};
    check->recordings++;
    if (g_ptr_array_find_with_equal_func((GPtrArray *)kept, id, g_str_equal, NULL))
        check_folder(check, &folder);
    else
        print_note(check, name, "ไม่มีการจองที่ใช้โฟลเดอร์นี้แล้ว โฟลเดอร์จะถูกลบเมื่อเริ่มเครื่องแม่ข่าย",
                   "no booking needs it any more; the folder goes when the server starts");
}

/* A recording that is over and not a lesson yet is nowhere else. */
static gboolean
check_bookings(CatalogDatabase *database, VerbsCheckmedia *check, CatalogBookingState state,
               GError **error)
{
    const CatalogBookingsFilter filter = {&state, NULL, G_MININT64, G_MAXINT64};
    g_autoptr(CatalogPage) page =
        catalog_bookings_list(database, &filter, NULL, CATALOG_PAGE_LIMIT_MAX, error);
    for (guint i = 0; page != NULL && i < page->items->len; i++) {
        const CatalogBooking *booking = page->items->pdata[i];
        g_autofree char *path = server_storage_build_recording_path(check->storage, booking->id);
        g_autofree char *name = g_strdup_printf("recordings/%s (%s)", booking->id, booking->title);
        if (!g_file_test(path, G_FILE_TEST_IS_DIR))
            print_fault(check, name,
                        "โฟลเดอร์ของการบันทึกหายไป จะทำเป็นบทเรียนไม่ได้ กู้จากข้อมูลสำรองหรือจองรอบออกอากาศซ้ำ",
                        "what was recorded is missing, so it makes no lesson; restore a backup, or "
                        "book a repeat");
    }
    return page != NULL;
}

static gboolean
check_recordings(CatalogDatabase *database, VerbsCheckmedia *check, GError **error)
{
    g_autofree char *root = server_storage_build_recordings_path(check->storage);
    g_autoptr(GPtrArray) ids = list_ids(root);
    g_autoptr(GPtrArray) kept = catalog_bookings_list_kept(database, error);
    for (guint i = 0; kept != NULL && i < ids->len; i++)
        check_recording(check, ids->pdata[i], kept);
    return kept != NULL &&
           check_bookings(database, check, CATALOG_BOOKING_STATE_FINISHING, error) &&
           check_bookings(database, check, CATALOG_BOOKING_STATE_FAILED, error);
}

/* Bundles and originals of lessons that no row names. */
static gboolean
check_orphans(CatalogDatabase *database, VerbsCheckmedia *check, const char *kind, const char *root,
              GError **error)
{
    g_autoptr(GPtrArray) ids = list_ids(root);
    g_autoptr(GPtrArray) going = catalog_removals_list(database, error);
    for (guint i = 0; going != NULL && i < ids->len; i++) {
        g_autoptr(GError) local = NULL;
        g_autofree char *name = g_strdup_printf("%s/%s", kind, (const char *)ids->pdata[i]);
        g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, ids->pdata[i], &local);
        if (lesson == NULL && !g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (lesson == NULL &&
            !g_ptr_array_find_with_equal_func(going, ids->pdata[i], g_str_equal, NULL))
            print_note(
                check, name,
                "ไม่มีบทเรียนของไฟล์นี้ในฐานข้อมูล อาจกำลังทำอยู่ หากเครื่องแม่ข่ายหยุดอยู่ ย้ายออกหรือลบได้",
                "no lesson in the catalogue has it; it may be in the making; if the server is "
                "stopped it may be moved away or deleted");
    }
    return going != NULL;
}

gboolean
verbs_checkmedia_run(CatalogDatabase *database, VerbsCheckmedia *check, GError **error)
{
    g_autofree char *lessons = server_storage_build_lessons_path(check->storage);
    g_autofree char *originals = server_storage_build_originals_path(check->storage);
    return check_channels(database, check, error) && check_recordings(database, check, error) &&
           check_orphans(database, check, "lessons", lessons, error) &&
           check_orphans(database, check, "originals", originals, error);
}
