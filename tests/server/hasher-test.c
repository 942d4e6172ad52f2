// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The hasher: right and wrong passwords, and a full queue that says so at once.
#include "server/hasher.h"

#include <sodium.h>

#include "catalog/error.h"

#define FLOOD 60

typedef struct {
    char *hash;    // (owned) (nullable), the last one made
    guint hashed;  // answers that were a hash
    guint busy;    // answers that were BUSY
    gboolean good; // the last verdict
    guint open;    // answers still to come
} Answers;

static void
on_hashed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Answers *answers = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *hash = server_hasher_hash_finish(result, &error);
    answers->open--;
    if (hash == NULL) {
        g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_BUSY);
        answers->busy++;
        return;
    }
    answers->hashed++;
    g_free(answers->hash);
    answers->hash = g_steal_pointer(&hash);
}

static void
on_verified(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Answers *answers = user_data;
    g_assert_true(server_hasher_verify_finish(result, &answers->good, NULL));
    answers->open--;
}

static void
wait_for(Answers *answers)
{
    while (answers->open > 0)
        g_main_context_iteration(NULL, TRUE);
}

static gboolean
verify(ServerHasher *hasher, Answers *answers, const char *hash, const char *password)
{
    answers->open = 1;
    server_hasher_verify_async(hasher, hash, password, on_verified, answers);
    wait_for(answers);
    return answers->good;
}

static void
test_verdicts(void)
{
    g_autoptr(ServerHasher) hasher = server_hasher_new();
    Answers answers = {.open = 1};
    server_hasher_hash_async(hasher, "ดาวเรียน ๑๒๓", on_hashed, &answers);
    wait_for(&answers);
    g_assert_nonnull(answers.hash);
    g_assert_true(verify(hasher, &answers, answers.hash, "ดาวเรียน ๑๒๓"));
    g_assert_false(verify(hasher, &answers, answers.hash, "ดาวเรียน ๑๒๔"));
    g_assert_false(verify(hasher, &answers, NULL, "ดาวเรียน ๑๒๓"));
    g_free(answers.hash);
}

static void
test_full(void)
{
    g_autoptr(ServerHasher) hasher = server_hasher_new();
    Answers answers = {.open = FLOOD};
    for (guint i = 0; i < FLOOD; i++)
        server_hasher_hash_async(hasher, "correct horse", on_hashed, &answers);
    wait_for(&answers);
    g_assert_cmpuint(answers.hashed + answers.busy, ==, FLOOD);
    g_assert_cmpuint(answers.busy, >, 0);
    g_assert_cmpuint(answers.hashed, >=, 32);
    g_free(answers.hash);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    g_test_add_func("/server/hasher/verdicts", test_verdicts);
    g_test_add_func("/server/hasher/full", test_full);
    return g_test_run();
}
