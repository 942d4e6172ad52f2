// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Options in; one transaction finds the lessons and places the orders; with --wait the flow sees
// them through.
#include "server/verbs/re_encode.h"

#include <sysexits.h>

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/lessonlist.h"
#include "server/app.h"
#include "server/flows/reencode.h"
#include "server/flows/reencode_wait.h"
#include "server/verbs/common.h"

#define PAGE 100

typedef struct {
    gboolean all;    // (value)
    gboolean wait;   // (value)
    char *query;     // (owned) (nullable)
    char **ids;      // (unowned) as typed
    GPtrArray *made; // (owned) (element-type utf8) lessons whose orders are placed
    gint64 now_ms;   // (value)
} Wish;

static gboolean
order(CatalogDatabase *database, Wish *wish, const CatalogLesson *lesson, GError **error)
{
    const CatalogAuditStamp by = {NULL, wish->now_ms};
    g_autoptr(GError) cause = NULL;
    if (lesson->original_bytes <= 0)
        g_set_error_literal(
            &cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
            verbs_common_say("บทเรียนนี้ไม่มีไฟล์ต้นฉบับ (บันทึกจากรายการสด หรือพ้นกำหนดเก็บแล้ว) จึงแปลงใหม่ไม่ได้",
                             "there is no original (it was recorded from the air, or kept long "
                             "enough), so it cannot be encoded anew"));
    g_autofree char *job =
        cause == NULL ? flows_reencode_order(database, lesson, FALSE, &by, &cause) : NULL;
    if (job != NULL) {
        g_ptr_array_add(wish->made, g_strdup(lesson->id));
        return TRUE;
    }
    if (wish->ids[0] == NULL && g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT)) {
        g_printerr("daorian: %s: %s\n", lesson->id, cause->message);
        return TRUE; // of many: the others are made
    }
    g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s: ", lesson->id);
    return FALSE;
}

static gboolean
order_named(CatalogDatabase *database, Wish *wish, const char *id, GError **error)
{
    g_autoptr(CatalogLesson) lesson =
        catalog_ids_is_valid(id) ? catalog_lessonlist_get(database, id, NULL) : NULL;
    if (lesson == NULL || lesson->published_ms == 0) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "%s: %s", id,
                    verbs_common_say("ไม่มีบทเรียนที่เผยแพร่แล้วรหัสนี้", "no published lesson has this id"));
        return FALSE;
    }
    return order(database, wish, lesson, error);
}

static gboolean
order_found(CatalogDatabase *database, Wish *wish, GError **error)
{
    static const CatalogLessonState published = CATALOG_LESSON_STATE_PUBLISHED;
    g_autofree char *cursor = NULL;
    do {
        const CatalogLessonlistFilter filter = {.viewer = {NULL, TRUE},
                                                .query = wish->query,
                                                .cursor = cursor,
                                                .limit = PAGE,
                                                .state = &published};
        g_autoptr(CatalogPage) page = catalog_lessonlist_list(database, &filter, error);
        if (page == NULL)
            return FALSE;
        for (guint i = 0; i < page->items->len; i++)
            if (!order(database, wish, page->items->pdata[i], error))
                return FALSE;
        g_free(cursor);
        cursor = g_strdup(page->next_cursor);
    } while (cursor != NULL);
    return TRUE;
}

static gboolean
place_orders(CatalogDatabase *database, gpointer data, GError **error)
{
    Wish *wish = data;
    if (wish->all || wish->query != NULL)
        return order_found(database, wish, error);
    for (guint i = 0; wish->ids[i] != NULL; i++)
        if (!order_named(database, wish, wish->ids[i], error))
            return FALSE;
    return TRUE;
}

static void
on_wait_ended(gpointer user_data)
{
    g_main_loop_quit(user_data);
}

static int
see_through(const ServerConfig *config, const Wish *wish)
{
    g_autofree char *media_program = server_app_find_media_program();
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    FlowsReencodeWait *wait =
        flows_reencode_wait_start(config, wish->made, media_program, on_wait_ended, loop);
    g_main_loop_run(loop);
    return flows_reencode_wait_free(wait);
}

static int
run(const ServerConfig *config, Wish *wish)
{
    int exit_code = EX_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerStorage) storage = server_storage_new(config->data_folder);
    CatalogDatabase *database = verbs_common_open(config, &exit_code);
    if (database == NULL)
        return exit_code;
    gboolean placed = catalog_database_run_write(database, place_orders, wish, &error);
    catalog_database_free(database);
    if (!placed)
        return verbs_common_report(error);
    flows_encode_ring(storage);
    if (wish->wait && wish->made->len > 0)
        return see_through(config, wish);
    for (guint i = 0; i < wish->made->len; i++)
        g_print("%s\n", (const char *)wish->made->pdata[i]);
    return EX_OK;
}

static int
choose(const VerbsCommon *common, Wish *wish)
{
    int exit_code = EX_OK;
    guint ways = (wish->all ? 1 : 0) + (wish->query != NULL ? 1 : 0) + (wish->ids[0] != NULL);
    if (ways != 1)
        return verbs_common_complain(EX_USAGE,
                                     "โปรดระบุ --all หรือ --query หรือรหัสบทเรียน อย่างใดอย่างหนึ่ง",
                                     "say which lessons: --all, --query Q, or ids");
    g_autoptr(ServerConfig) config = verbs_common_load(common, &exit_code);
    return config != NULL ? run(config, wish) : exit_code;
}

int
verbs_re_encode_run(int argc, char **argv)
{
    Wish wish = {0};
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &wish.all,
         verbs_common_say("ทุกบทเรียนที่เผยแพร่แล้ว", "Every published lesson"), NULL},
        {"query", 0, 0, G_OPTION_ARG_STRING, &wish.query,
         verbs_common_say("บทเรียนที่ค้นพบด้วยคำนี้", "The published lessons that a search finds"), "Q"},
        {"wait", 0, 0, G_OPTION_ARG_NONE, &wish.wait,
         verbs_common_say("รอจนเสร็จทุกบทเรียน", "Wait until every lesson is done"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(VerbsCommon) common = {0};
    int exit_code = verbs_common_parse(
        &common, &argc, &argv, "[LESSON…]",
        verbs_common_say("แปลงบทเรียนใหม่ โดยบทเรียนเดิมยังดูได้จนกว่าจะเสร็จ",
                         "Makes lessons' files anew, at low priority; the old ones are shown until "
                         "they are done."),
        entries);
    if (exit_code != EX_OK)
        return exit_code;
    g_autoptr(ServerClock) clock = server_clock_new_system();
    wish.now_ms = server_clock_now_ms(clock);
    wish.ids = argv + 1;
    wish.made = g_ptr_array_new_with_free_func(g_free);
    exit_code = choose(&common, &wish);
    g_ptr_array_unref(wish.made);
    g_free(wish.query);
    return exit_code;
}
