// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Seeded damage to small media files, given to the real child: whatever the bytes, it ends by
// itself with `done` or `failed`, within a bound, and no sanitizer has anything to say. 100 files,
// 1,000 with DAORIAN_TEST_LONG=1.
#include <string.h>

#include "tests/pipelines/encode/damage.h"
#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/job.h"
#include "tests/pipelines/encode/maker.h"

#define KINDS 6
#define SHORT_COUNT 100
#define LONG_COUNT 1000
#define SEED 20260101
#define LIMIT_MS 60000

typedef struct {
    const char *ending; // (static)
    char *bytes;        // (owned)
    gsize length;       // (value)
} Sample;

static Sample
make_sample(const Folder *folder, const char *ending)
{
    Sample sample = {.ending = ending};
    Maker maker = maker_usual();
    maker.width = 96;
    maker.height = 64;
    if (strcmp(ending, "avi") == 0 || strcmp(ending, "ts") == 0) {
        maker.picture = strcmp(ending, "avi") == 0 ? "mpeg4" : "mpeg2video";
        maker.sound = "mp2";
    }
    if (strcmp(ending, "ogg") == 0) {
        maker.picture = "libtheora";
        maker.sound = "flac";
    }
    g_autofree char *path = g_strdup_printf("%s/whole.%s", folder->path, ending);
    maker_write(&maker, path);
    g_assert_true(g_file_get_contents(path, &sample.bytes, &sample.length, NULL));
    return sample;
}

static void
run_damaged(const Sample *sample, guint number)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED + number);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)sample->bytes, (guint)sample->length);
    damage_bytes(random, bytes);
    if (g_rand_boolean(random))
        damage_bytes(random, bytes);
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_strdup_printf("%s/source", folder->path);
    g_autofree char *staging = g_strdup_printf("%s/staging", folder->path);
    g_assert_true(g_file_set_contents(source, (const char *)bytes->data, (gssize)bytes->len, NULL));
    JobOptions options = {.limit_ms = LIMIT_MS};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    if (result->sanitizer || result->signal != 0)
        g_error("damage %u to %s: signal %d", number, sample->ending, result->signal);
    job_result_check_order(result);
}

static void
test_damage(void)
{
    static const char *const endings[KINDS] = {"mp4", "mkv", "ts", "avi", "ogg", "flv"};
    g_autoptr(Folder) folder = folder_new();
    Sample samples[KINDS];
    for (int i = 0; i < KINDS; i++)
        samples[i] = make_sample(folder, endings[i]);
    const char *wanted = g_getenv("DAORIAN_TEST_LONG");
    guint count = g_strcmp0(wanted, "1") == 0 ? LONG_COUNT : SHORT_COUNT;
    for (guint number = 0; number < count; number++)
        run_damaged(&samples[number % KINDS], number);
    for (int i = 0; i < KINDS; i++)
        g_free(samples[i].bytes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/corruption/damage", test_damage);
    return g_test_run();
}
