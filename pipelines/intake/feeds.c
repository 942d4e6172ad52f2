// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A few entries, walked for every packet.
#include "pipelines/intake/feeds.h"

#include <unistd.h>

typedef struct {
    gint64 number;    // (value) the parent's
    IntakeFeed *feed; // (owned)
} Entry;

struct _IntakeFeeds {
    GArray *entries; // (owned) (element-type Entry)
    guint64 dropped; // (value) of those that are gone
    guint version;   // (value) of the PIDs
};

static void
clear_entry(Entry *entry)
{
    g_clear_pointer(&entry->feed, intake_feed_free);
}

IntakeFeeds *
intake_feeds_new(void)
{
    IntakeFeeds *feeds = g_new0(IntakeFeeds, 1);
    feeds->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(feeds->entries, (GDestroyNotify)clear_entry);
    return feeds;
}

void
intake_feeds_free(IntakeFeeds *feeds)
{
    g_array_unref(feeds->entries);
    g_free(feeds);
}

static void
remove_at(IntakeFeeds *feeds, guint index)
{
    feeds->dropped += intake_feed_get_dropped(g_array_index(feeds->entries, Entry, index).feed);
    g_array_remove_index(feeds->entries, index);
    feeds->version++;
}

void
intake_feeds_remove(IntakeFeeds *feeds, gint64 number)
{
    for (guint i = feeds->entries->len; i-- > 0;)
        if (g_array_index(feeds->entries, Entry, i).number == number)
            remove_at(feeds, i);
}

void
intake_feeds_add(IntakeFeeds *feeds, gint64 number, int descriptor, guint16 service_id)
{
    intake_feeds_remove(feeds, number);
    if (feeds->entries->len >= INTAKE_FEEDS_MAX) {
        close(descriptor);
        return;
    }
    const Entry entry = {number, intake_feed_new(descriptor, service_id)};
    g_array_append_val(feeds->entries, entry);
    feeds->version++;
}

guint
intake_feeds_follow(IntakeFeeds *feeds, TablesMultiplex *multiplex)
{
    for (guint i = 0; i < feeds->entries->len; i++) {
        IntakeFeed *feed = g_array_index(feeds->entries, Entry, i).feed;
        const TablesService *service =
            tables_multiplex_find(multiplex, intake_feed_get_service_id(feed));
        if (intake_feed_follow(feed, service))
            feeds->version++;
    }
    return feeds->version;
}

void
intake_feeds_add_pids(const IntakeFeeds *feeds, IntakePids *pids)
{
    for (guint i = 0; i < feeds->entries->len; i++)
        intake_pids_unite(pids, intake_feed_get_pids(g_array_index(feeds->entries, Entry, i).feed));
}

void
intake_feeds_push(IntakeFeeds *feeds, const guint8 *bytes, const TablesPacket *packet)
{
    for (guint i = 0; i < feeds->entries->len; i++)
        intake_feed_push(g_array_index(feeds->entries, Entry, i).feed, bytes, packet);
}

void
intake_feeds_flush(IntakeFeeds *feeds)
{
    for (guint i = feeds->entries->len; i-- > 0;) {
        IntakeFeed *feed = g_array_index(feeds->entries, Entry, i).feed;
        intake_feed_flush(feed);
        if (intake_feed_is_gone(feed))
            remove_at(feeds, i);
    }
}

guint64
intake_feeds_get_dropped(const IntakeFeeds *feeds)
{
    guint64 dropped = feeds->dropped;
    for (guint i = 0; i < feeds->entries->len; i++)
        dropped += intake_feed_get_dropped(g_array_index(feeds->entries, Entry, i).feed);
    return dropped;
}

guint
intake_feeds_get_count(const IntakeFeeds *feeds)
{
    return feeds->entries->len;
}
