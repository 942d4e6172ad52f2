// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A table a channel: hash of a viewer → rung and moment. Old ones are thrown out whenever somebody
// looks or the table is full.
#include "server/flows/viewers.h"

#include <string.h>

#include <sodium.h>

typedef struct {
    const char *rung; // (unowned): interned
    gint64 seen_us;   // (value) monotonic
} Seen;

struct _FlowsViewers {
    guint8 key[crypto_shorthash_KEYBYTES]; // (value) made at start, never told
    GMutex lock;                           // guards channels
    GHashTable *channels;                  // (owned) (guarded by lock) (element-type GHashTable)
};

static void
free_rung(gpointer data)
{
    FlowsViewersRung *rung = data;
    g_free(rung->rung);
    g_free(rung);
}

FlowsViewers *
flows_viewers_new(void)
{
    FlowsViewers *viewers = g_new0(FlowsViewers, 1);
    crypto_shorthash_keygen(viewers->key);
    g_mutex_init(&viewers->lock);
    viewers->channels =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    return viewers;
}

void
flows_viewers_free(FlowsViewers *viewers)
{
    g_hash_table_unref(viewers->channels);
    g_mutex_clear(&viewers->lock);
    sodium_memzero(viewers->key, sizeof viewers->key);
    g_free(viewers);
}

static gint64
hash_who(const FlowsViewers *viewers, const char *who)
{
    guint8 bytes[crypto_shorthash_BYTES];
    gint64 hash = 0;
    crypto_shorthash(bytes, (const guint8 *)who, strlen(who), viewers->key);
    memcpy(&hash, bytes, sizeof hash);
    return hash;
}

static void
forget_old(GHashTable *people, gint64 now_us)
{
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, people);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (now_us - ((const Seen *)value)->seen_us > FLOWS_VIEWERS_SPAN_US)
            g_hash_table_iter_remove(&iter);
}

static void
note_one(GHashTable *people, gint64 hash, const char *rung, gint64 now_us)
{
    Seen *seen = g_hash_table_lookup(people, &hash);
    if (seen == NULL && g_hash_table_size(people) >= FLOWS_VIEWERS_MAX)
        return;
    if (seen == NULL) {
        seen = g_new0(Seen, 1);
        g_hash_table_insert(people, g_memdup2(&hash, sizeof hash), seen);
    }
    seen->rung = rung;
    seen->seen_us = now_us;
}

void
flows_viewers_note(FlowsViewers *viewers, const char *slug, const char *rung, const char *who,
                   gint64 now_us)
{
    gint64 hash = hash_who(viewers, who);
    g_mutex_lock(&viewers->lock);
    GHashTable *people = g_hash_table_lookup(viewers->channels, slug);
    if (people == NULL) {
        people = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
        g_hash_table_insert(viewers->channels, g_strdup(slug), people);
    }
    if (g_hash_table_size(people) >= FLOWS_VIEWERS_MAX)
        forget_old(people, now_us);
    note_one(people, hash, g_intern_string(rung), now_us);
    g_mutex_unlock(&viewers->lock);
}

static void
add_to(GPtrArray *rungs, const char *name)
{
    for (guint i = 0; i < rungs->len; i++) {
        FlowsViewersRung *rung = rungs->pdata[i];
        if (strcmp(rung->rung, name) == 0) {
            rung->count++;
            return;
        }
    }
    FlowsViewersRung *rung = g_new0(FlowsViewersRung, 1);
    rung->rung = g_strdup(name);
    rung->count = 1;
    g_ptr_array_add(rungs, rung);
}

static gint
compare_rungs(gconstpointer a, gconstpointer b)
{
    const FlowsViewersRung *one = *(FlowsViewersRung *const *)a;
    const FlowsViewersRung *other = *(FlowsViewersRung *const *)b;
    return strcmp(one->rung, other->rung);
}

GPtrArray *
flows_viewers_list(FlowsViewers *viewers, const char *slug, gint64 now_us)
{
    GPtrArray *rungs = g_ptr_array_new_with_free_func(free_rung);
    GHashTableIter iter;
    gpointer value = NULL;
    g_mutex_lock(&viewers->lock);
    GHashTable *people = g_hash_table_lookup(viewers->channels, slug);
    if (people != NULL) {
        forget_old(people, now_us);
        g_hash_table_iter_init(&iter, people);
        while (g_hash_table_iter_next(&iter, NULL, &value))
            add_to(rungs, ((const Seen *)value)->rung);
        if (g_hash_table_size(people) == 0)
            g_hash_table_remove(viewers->channels, slug);
    }
    g_mutex_unlock(&viewers->lock);
    g_ptr_array_sort(rungs, compare_rungs);
    return rungs;
}

guint
flows_viewers_count(FlowsViewers *viewers, const char *slug, gint64 now_us)
{
    guint count = 0;
    g_autoptr(GPtrArray) rungs = flows_viewers_list(viewers, slug, now_us);
    for (guint i = 0; i < rungs->len; i++)
        count += ((FlowsViewersRung *)rungs->pdata[i])->count;
    return count;
}
