// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Runs a libFuzzer target without libFuzzer: every seed, then a fixed number of mutations of the
// seeds from a fixed random seed, so that a normal test run is the same each time. The input in
// flight is kept in <name>.last of the working folder; after a crash that file is the reproducer.
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 2000
#define ROUNDS_LONG 200000
#define MAX_BYTES 65536

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

typedef struct {
    char *last_path;  // (owned)
    GPtrArray *seeds; // (owned) (element-type GBytes)
    char **names;     // (owned)
} Replay;

static void
try_input(Replay *replay, const guint8 *data, gsize size)
{
    // A copy of the exact size, so that a read past the end is seen.
    g_autofree guint8 *exact = g_memdup2(data, size);
    g_assert_true(g_file_set_contents_full(replay->last_path, (const char *)data, (gssize)size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    LLVMFuzzerTestOneInput(exact != NULL ? exact : (const guint8 *)"", size);
}

static void
test_seeds(gconstpointer data)
{
    Replay *replay = (Replay *)data;
    g_assert_cmpuint(replay->seeds->len, >, 0);
    for (guint i = 0; i < replay->seeds->len; i++) {
        gsize size;
        const guint8 *bytes = g_bytes_get_data(replay->seeds->pdata[i], &size);
        try_input(replay, bytes, size);
    }
}

/** Flips, overwrites, removes, repeats or splices a few bytes in place. */
static void
mutate(Replay *replay, GByteArray *bytes, GRand *random)
{
    guint few = 1 + g_rand_int(random) % 64;
    guint at = bytes->len > 0 ? (guint)g_rand_int_range(random, 0, (gint32)bytes->len) : 0;
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
        if (bytes->len > 0)
            bytes->data[at] ^= (guint8)(1 << g_rand_int_range(random, 0, 8));
        break;
    case 1:
        if (bytes->len > 0)
            bytes->data[at] = (guint8)g_rand_int_range(random, 0, 256);
        break;
    case 2:
        if (bytes->len > 0)
            g_byte_array_remove_range(bytes, at, MIN(bytes->len - at, few % 8));
        break;
    case 3:
        if (bytes->len > 0 && bytes->len < MAX_BYTES) {
            guint run = MIN(bytes->len - at, few);
            g_autofree guint8 *copy = g_memdup2(bytes->data + at, run);
            g_byte_array_append(bytes, copy, run);
        }
        break;
    default: {
        gsize size;
        guint other = (guint)g_rand_int_range(random, 0, (gint32)replay->seeds->len);
        const guint8 *seed = g_bytes_get_data(replay->seeds->pdata[other], &size);
        g_byte_array_set_size(bytes, at);
        if (size > 0)
            g_byte_array_append(bytes, seed + at % size, (guint)MIN(size - at % size, MAX_BYTES));
    }
    }
}

static void
test_mutations(gconstpointer data)
{
    Replay *replay = (Replay *)data;
    guint rounds = g_getenv("DAORIAN_TEST_LONG") != NULL ? ROUNDS_LONG : ROUNDS;
    GRand *random = g_rand_new_with_seed(20260101);
    for (guint round = 0; round < rounds; round++) {
        gsize size;
        const guint8 *seed =
            g_bytes_get_data(replay->seeds->pdata[round % replay->seeds->len], &size);
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (size > 0)
            g_byte_array_append(bytes, seed, (guint)size);
        for (int i = g_rand_int_range(random, 1, 6); i > 0; i--)
            mutate(replay, bytes, random);
        try_input(replay, bytes->data != NULL ? bytes->data : (const guint8 *)"", bytes->len);
    }
    g_rand_free(random);
}

static int
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
read_seeds(Replay *replay, const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(paths, compare_paths);
    for (guint i = 0; i < paths->len; i++) {
        char *bytes = NULL;
        gsize size = 0;
        g_file_get_contents(paths->pdata[i], &bytes, &size, &error);
        g_assert_no_error(error);
        g_ptr_array_add(replay->seeds, g_bytes_new_take(bytes, size));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (argc != 3) {
        g_printerr("usage: %s NAME CORPUS-FOLDER\n", argv[0]);
        return 64;
    }
    Replay replay = {
        .last_path = g_strdup_printf("fuzz-%s.last", argv[1]),
        .seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref),
        .names = g_new0(char *, 3),
    };
    read_seeds(&replay, argv[2]);
    replay.names[0] = g_strdup_printf("/fuzz/%s/seeds", argv[1]);
    replay.names[1] = g_strdup_printf("/fuzz/%s/mutations", argv[1]);
    g_test_add_data_func(replay.names[0], &replay, test_seeds);
    g_test_add_data_func(replay.names[1], &replay, test_mutations);
    int result = g_test_run();
    g_ptr_array_unref(replay.seeds);
    g_strfreev(replay.names);
    g_free(replay.last_path);
    return result;
}
