// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Search and the lesson page at 100,000 lessons, against a plain LIKE scan of the same titles in
// the same run. Everything is seeded; the catalogue is made in a folder of its own and removed.
// Prints Markdown.
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

#include "catalog/database.h"
#include "catalog/ids.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"

#define LESSONS 100000
#define LESSONS_A_TRANSACTION 1000
#define SEARCHES 1040
#define PAGES 2000
#define SCANS 52
#define FIRST_MS G_GINT64_CONSTANT(1700000000000)

static const char *const SUBJECTS[] = {
    "คณิตศาสตร์", "วิทยาศาสตร์", "ภาษาไทย", "ภาษาอังกฤษ", "สังคมศึกษา", "ประวัติศาสตร์", "สุขศึกษา",
    "พลศึกษา",   "ศิลปะ",      "ดนตรี",    "ฟิสิกส์",      "เคมี",      "ชีววิทยา",     "ภูมิศาสตร์",
};
static const char *const TOPICS[] = {
    "การบวกเศษส่วน",
    "สมการเชิงเส้นตัวแปรเดียว",
    "การสังเคราะห์ด้วยแสงของพืช",
    "ระบบสุริยะและดาวเคราะห์",
    "การอ่านจับใจความสำคัญ",
    "วรรณคดีไทย",
    "แรงและการเคลื่อนที่",
    "วงจรไฟฟ้าอย่างง่าย",
    "กรุงศรีอยุธยา",
    "เศรษฐกิจพอเพียง",
    "สิ่งแวดล้อมและธรรมชาติ",
    "ปฏิกิริยาเคมี",
    "ทศนิยมและร้อยละ",
    "รูปสามเหลี่ยมมุมฉาก",
    "การเขียนเรียงความ",
    "Present Simple Tense",
    "หน้าที่พลเมือง",
    "พระพุทธศาสนา",
    "คอมพิวเตอร์เบื้องต้น",
    "ตารางธาตุ",
};
static const char *const ENDINGS[] = {
    "สำหรับผู้เริ่มต้น", "ในชีวิตประจำวัน", "แบบฝึกหัดพร้อมเฉลย", "ติวสอบ O-NET", "โดยครูต้นทาง",
    "ทบทวนก่อนสอบ", "กิจกรรมกลุ่ม",    "ภาคเรียนที่ 1",      "ภาคเรียนที่ 2",  "ฉบับย่อ",
};
static const char *const WORDS[] = {
    "เรียน",   "ความรู้", "ตัวอย่าง", "นักเรียน", "อธิบาย", "เข้าใจ", "โจทย์", "คำตอบ", "ทดลอง",   "สรุป",
    "บทเรียน", "หนังสือ", "ประเทศ", "ชุมชน",   "อาหาร", "แม่น้ำ",  "ภูเขา", "ตลาด",  "โรงเรียน", "ครอบครัว",
};
static const char *const QUERIES[] = {
    "ส่วน",        "เศษส่วน",        "ศาสตร์",       "คณิต",       "คณิตศ",    "ก",
    "การ",        "เรียน",          "ครู",          "ดาวเคราะห์", "แสง พืช",  "สมการ ม.3",
    "o-net 2566", "tense",         "pres",        "อยุธยา",     "ธรรมชาติ", "ภาษาไทย ป.4",
    "เคมี ตาราง",  "ไม่มีคำนี้ในระบบ",  "พอเพียง ชุมชน", "บทที่ 77",    "คอมพิว",   "ไฟฟ้า",
    "สังคม 12345", "โรงเรียน อาหาร",
};
#define PICK(random, texts) (texts)[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))]

typedef struct {
    GRand *random;  // (owned)
    GPtrArray *ids; // (owned) (element-type utf8)
    char *folder;   // (owned)
    char *path;     // (owned)
} Bench;

static void
stop_on(GError *error)
{
    if (error != NULL)
        g_error("%s", error->message);
}

static char *
make_title(Bench *bench)
{
    return g_strdup_printf("%s %s %s%d บทที่ %d %s %d", PICK(bench->random, SUBJECTS),
                           PICK(bench->random, TOPICS), g_rand_boolean(bench->random) ? "ป." : "ม.",
                           g_rand_int_range(bench->random, 1, 7),
                           g_rand_int_range(bench->random, 1, 100), PICK(bench->random, ENDINGS),
                           g_rand_int_range(bench->random, 2550, 2570));
}

static char *
make_description(Bench *bench)
{
    GString *text = g_string_new(NULL);
    for (int n = g_rand_int_range(bench->random, 5, 40); n > 0; n--)
        g_string_append(text, PICK(bench->random, WORDS));
    return g_string_free(text, FALSE);
}

static void
add_lesson(CatalogDatabase *database, Bench *bench)
{
    static const char *const rungs[] = {"voice", "small", "medium", "large"};
    GError *error = NULL;
    CatalogAuditStamp by = {NULL, FIRST_MS + bench->ids->len * 1000};
    char *id = catalog_ids_new(by.now_ms);
    g_ptr_array_add(bench->ids, id);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(id);
    g_autofree char *title = make_title(bench);
    g_autofree char *description = make_description(bench);
    catalog_lesson_set_text(&lesson->title, title);
    catalog_lesson_set_text(&lesson->description, description);
    lesson->state = CATALOG_LESSON_STATE_PUBLISHED;
    catalog_lessons_create(database, lesson, &by, &error);
    for (guint i = 0; i < G_N_ELEMENTS(rungs) && error == NULL; i++) {
        g_autoptr(CatalogRung) rung = catalog_rung_new(id, rungs[i]);
        rung->file = g_strdup_printf("%s.00112233.mp4", rungs[i]);
        rung->codecs = g_strdup("avc1.42c01e,mp4a.40.2");
        rung->bandwidth_bps = 36000 << i;
        catalog_rungs_publish(database, rung, 0, by.now_ms, &error);
    }
    stop_on(error);
}

static gboolean
fill_work(CatalogDatabase *database, gpointer data, GError **error)
{
    for (int i = 0; i < LESSONS_A_TRANSACTION; i++)
        add_lesson(database, data);
    return TRUE;
}

/* The clock on the wall, and what the measuring thread itself used: on a machine that does other
 * things as well, only the second one tells of the program. */
typedef struct {
    GArray *wall_us; // (owned) (element-type gint64)
    GArray *cpu_us;  // (owned) (element-type gint64)
} BenchTimes;

static gint64
read_cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static BenchTimes
start_times(void)
{
    return (BenchTimes){g_array_new(FALSE, FALSE, sizeof(gint64)),
                        g_array_new(FALSE, FALSE, sizeof(gint64))};
}

static void
add_times(BenchTimes *times, gint64 start_us, gint64 start_cpu_us)
{
    gint64 wall_us = g_get_monotonic_time() - start_us;
    gint64 cpu_us = read_cpu_us() - start_cpu_us;
    g_array_append_val(times->wall_us, wall_us);
    g_array_append_val(times->cpu_us, cpu_us);
}

static void
free_times(BenchTimes *times)
{
    g_array_unref(times->wall_us);
    g_array_unref(times->cpu_us);
}

static int
compare_us(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a;
    gint64 right = *(const gint64 *)b;
    return (left > right) - (left < right);
}

static double
get_percentile_ms(GArray *times_us, guint percent)
{
    g_array_sort(times_us, compare_us);
    guint index = MIN(times_us->len * percent / 100, times_us->len - 1);
    return (double)g_array_index(times_us, gint64, index) / 1000.0;
}

static double
get_mean_ms(GArray *times_us)
{
    gint64 sum_us = 0;
    for (guint i = 0; i < times_us->len; i++)
        sum_us += g_array_index(times_us, gint64, i);
    return (double)sum_us / (double)times_us->len / 1000.0;
}

typedef struct {
    const char *query; // what is searched
    const char *id;    // which lesson is read
    guint found;       // (out)
} BenchRequest;

static gboolean
search_work(CatalogDatabase *database, gpointer data, GError **error)
{
    BenchRequest *request = data;
    CatalogLessonlistFilter filter = {.query = request->query, .limit = 24};
    g_autoptr(CatalogPage) page = catalog_lessonlist_list(database, &filter, error);
    request->found = page != NULL ? page->items->len : 0;
    return page != NULL;
}

static gboolean
page_work(CatalogDatabase *database, gpointer data, GError **error)
{
    BenchRequest *request = data;
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, request->id, error);
    return lesson != NULL && lesson->rungs->len == 4;
}

static gboolean
list_work(CatalogDatabase *database, gpointer data, GError **error)
{
    CatalogLessonlistFilter filter = {.limit = 24};
    g_autoptr(CatalogPage) page = catalog_lessonlist_list(database, &filter, error);
    return page != NULL && page->items->len == 24;
}

static void
time_read(CatalogDatabase *database, CatalogDatabaseWork work, BenchRequest *request,
          BenchTimes *times)
{
    GError *error = NULL;
    gint64 start_us = g_get_monotonic_time();
    gint64 start_cpu_us = read_cpu_us();
    if (!catalog_database_run_read(database, work, request, &error))
        g_error("%s", error != NULL ? error->message : "a lesson is not as it was written");
    add_times(times, start_us, start_cpu_us);
}

static BenchTimes
measure(CatalogDatabase *database, Bench *bench, CatalogDatabaseWork work, guint count)
{
    BenchTimes times = start_times();
    for (guint i = 0; i < count; i++) {
        BenchRequest request = {
            .query = QUERIES[i % G_N_ELEMENTS(QUERIES)],
            .id = g_ptr_array_index(
                bench->ids, (guint)g_rand_int_range(bench->random, 0, (int)bench->ids->len)),
        };
        time_read(database, work, &request, &times);
    }
    return times;
}

static int
count_row(void *count, int columns, char **values, char **names)
{
    (*(guint *)count)++;
    return 0;
}

/* What a catalogue without an index does. */
static BenchTimes
measure_scan(Bench *bench)
{
    BenchTimes times = start_times();
    sqlite3 *handle = NULL;
    if (sqlite3_open_v2(bench->path, &handle, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        g_error("%s", sqlite3_errmsg(handle));
    for (guint i = 0; i < SCANS; i++) {
        guint count = 0;
        const char *query = QUERIES[i % G_N_ELEMENTS(QUERIES)];
        char *sql =
            sqlite3_mprintf("SELECT id FROM lessons WHERE title LIKE '%%%q%%'"
                            " OR description LIKE '%%%q%%' ORDER BY created_ms DESC LIMIT 24",
                            query, query);
        gint64 start_us = g_get_monotonic_time();
        gint64 start_cpu_us = read_cpu_us();
        sqlite3_exec(handle, sql, count_row, &count, NULL);
        add_times(&times, start_us, start_cpu_us);
        sqlite3_free(sql);
    }
    sqlite3_close(handle);
    return times;
}

static void
print_row(const char *what, BenchTimes *times, const char *target)
{
    printf("| %s | %u | %.2f | %.2f | %.2f | %.2f | %s |\n", what, times->wall_us->len,
           get_percentile_ms(times->wall_us, 50), get_percentile_ms(times->wall_us, 99),
           get_mean_ms(times->cpu_us), get_percentile_ms(times->cpu_us, 99), target);
}

static void
print_each_query(CatalogDatabase *database)
{
    for (guint i = 0; i < G_N_ELEMENTS(QUERIES); i++) {
        BenchTimes times = start_times();
        BenchRequest request = {.query = QUERIES[i]};
        time_read(database, search_work, &request, &times);
        fprintf(stderr, "%8.2f ms CPU, %3u found: %s\n", get_mean_ms(times.cpu_us), request.found,
                QUERIES[i]);
        free_times(&times);
    }
}

static void
fill(CatalogDatabase *database, Bench *bench)
{
    GError *error = NULL;
    while (bench->ids->len < LESSONS && error == NULL) {
        catalog_database_run_write(database, fill_work, bench, &error);
        if (bench->ids->len % 10000 == 0)
            fprintf(stderr, "%u lessons\n", bench->ids->len);
    }
    stop_on(error);
}

static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    GError *error = NULL;
    Bench bench = {.random = g_rand_new_with_seed(2566),
                   .ids = g_ptr_array_new_with_free_func(g_free)};
    bench.folder = g_dir_make_tmp("daorian-bench-XXXXXX", &error);
    stop_on(error);
    bench.path = g_build_filename(bench.folder, "catalog.sqlite3", NULL);
    CatalogDatabase *database = catalog_database_open(bench.path, &error);
    stop_on(error);
    fill(database, &bench);
    catalog_database_free(database);

    CatalogDatabase *reader = catalog_database_open_reader(bench.path, &error);
    stop_on(error);
    print_each_query(reader);
    BenchTimes searches = measure(reader, &bench, search_work, SEARCHES);
    BenchTimes pages = measure(reader, &bench, page_work, PAGES);
    BenchTimes lists = measure(reader, &bench, list_work, PAGES);
    BenchTimes scans = measure_scan(&bench);
    catalog_database_free(reader);

    printf(
        "| at %u lessons | runs | median, ms | p99, ms | CPU mean, ms | CPU p99, ms | target |\n",
        LESSONS);
    printf("|---|---|---|---|---|---|---|\n");
    print_row("search, one page of 24 with rungs", &searches, "p99 ≤ 20");
    print_row("lesson page", &pages, "p99 ≤ 2");
    print_row("newest 24 lessons with rungs", &lists, "");
    print_row("`LIKE '%…%'` scan, ids only", &scans, "");
    printf("\nA search takes %.3f of the CPU of the scan (means of %u different queries in one "
           "run).\n",
           get_mean_ms(searches.cpu_us) / get_mean_ms(scans.cpu_us), (guint)G_N_ELEMENTS(QUERIES));
    free_times(&searches);
    free_times(&pages);
    free_times(&lists);
    free_times(&scans);
    remove_folder(bench.folder);
    g_free(bench.folder);
    g_free(bench.path);
    g_ptr_array_unref(bench.ids);
    g_rand_free(bench.random);
    return 0;
}
