// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names: <rung>-<number>.m4s (.vtt, .webp) and <rung>-init-<number>.mp4.
#include "pipelines/live/store.h"

#include "pipelines/child/live_track.h"
#include "pipelines/package/disk.h"
#include "pipelines/package/init.h"

struct _LiveStore {
    const char *folder;                                         // (unowned)
    guint64 next_init;                                          // (value)
    void (*sink)(const ChildLiveReport *report, gpointer data); // (unowned)
    gpointer data;                                              // (unowned) for sink
};

LiveStore *
live_store_new(const char *folder, guint64 first_init,
               void (*sink)(const ChildLiveReport *report, gpointer data), gpointer data)
{
    LiveStore *store = g_new0(LiveStore, 1);
    *store = (LiveStore){folder, first_init, sink, data};
    return store;
}

void
live_store_free(LiveStore *store)
{
    g_free(store);
}

void
live_store_clear_init(LiveStoreInit *init)
{
    g_clear_pointer(&init->bytes, g_bytes_unref);
}

void
live_store_tell(LiveStore *store, const ChildLiveReport *report)
{
    store->sink(report, store->data);
}

static gboolean
write_file(LiveStore *store, const char *name, GBytes *bytes, GError **error)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    return package_disk_replace(store->folder, name, data, length, error);
}

static gboolean
tell_init(LiveStore *store, const LiveStoreRung *rung, const LiveStoreInit *init, const char *file,
          GError **error)
{
    const PackageTracks *tracks = rung->tracks;
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_INIT);
    report->codecs = package_track_get_codecs(tracks, error);
    if (report->codecs == NULL)
        return FALSE;
    report->rung = g_strdup(rung->name);
    report->init = init->number;
    report->file = g_strdup(file);
    report->bytes = g_bytes_get_size(init->bytes);
    report->width = tracks->width;
    report->height = tracks->height;
    if (tracks->frame_rate_denominator > 0)
        report->frame_rate = (double)tracks->frame_rate_numerator / tracks->frame_rate_denominator;
    report->bandwidth_bps = (guint64)rung->cap_kbps * 1000;
    live_store_tell(store, report);
    return TRUE;
}

gboolean
live_store_add_init(LiveStore *store, const LiveStoreRung *rung, LiveStoreInit *init,
                    GError **error)
{
    g_autoptr(GBytes) bytes = package_init_build(rung->tracks, 0, error);
    if (bytes == NULL)
        return FALSE;
    if (init->bytes != NULL && g_bytes_equal(init->bytes, bytes))
        return TRUE;
    guint64 number = store->next_init++;
    g_autofree char *file =
        g_strdup_printf("%s-init-%" G_GUINT64_FORMAT ".mp4", rung->name, number);
    if (!write_file(store, file, bytes, error))
        return FALSE;
    live_store_clear_init(init);
    *init = (LiveStoreInit){number, g_steal_pointer(&bytes)};
    return tell_init(store, rung, init, file, error);
}

gboolean
live_store_add_part(LiveStore *store, ChildLiveReport *report, const char *rung, guint64 init,
                    GBytes *fragment, GError **error)
{
    const char *suffix = child_live_track_get_suffix(child_live_track_parse(rung).kind);
    g_autofree char *file =
        g_strdup_printf("%s-%" G_GUINT64_FORMAT "%s", rung, report->number, suffix);
    if (!write_file(store, file, fragment, error))
        return FALSE;
    child_live_report_add_part(report, rung, init, file, g_bytes_get_size(fragment));
    return TRUE;
}
