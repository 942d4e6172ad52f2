// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A queue never holds more than a segment and a half second, so moving the rest down is cheap.
#include "pipelines/package/queue.h"

PackageQueue *
package_queue_new(void)
{
    PackageQueue *queue = g_new0(PackageQueue, 1);
    queue->samples = g_array_new(FALSE, FALSE, sizeof(PackageQueueSample));
    queue->data = g_byte_array_new();
    return queue;
}

void
package_queue_free(PackageQueue *queue)
{
    g_array_unref(queue->samples);
    g_byte_array_unref(queue->data);
    g_free(queue);
}

PackageQueueSample *
package_queue_get(PackageQueue *queue, guint index)
{
    return &g_array_index(queue->samples, PackageQueueSample, index);
}

PackageQueueSample *
package_queue_get_last(PackageQueue *queue)
{
    guint count = queue->samples->len;
    return count == 0 ? NULL : package_queue_get(queue, count - 1);
}

guint64
package_queue_get_end(PackageQueue *queue)
{
    const PackageQueueSample *last = package_queue_get_last(queue);
    return last == NULL ? 0 : last->start + last->duration;
}

void
package_queue_note(PackageQueue *queue, const PackageQueueSample *sample)
{
    g_array_append_vals(queue->samples, sample, 1);
}

gsize
package_queue_measure(PackageQueue *queue, guint count)
{
    gsize bytes = 0;
    for (guint i = 0; i < count; i++)
        bytes += package_queue_get(queue, i)->bytes;
    return bytes;
}

void
package_queue_drop_first(PackageQueue *queue, guint count)
{
    if (count == 0)
        return;
    gsize bytes = package_queue_measure(queue, count);
    if (bytes > 0)
        g_byte_array_remove_range(queue->data, 0, (guint)bytes);
    g_array_remove_range(queue->samples, 0, count);
}

void
package_queue_drop_last(PackageQueue *queue, guint count)
{
    guint kept = queue->samples->len - count;
    g_byte_array_set_size(queue->data, (guint)package_queue_measure(queue, kept));
    g_array_set_size(queue->samples, kept);
}
