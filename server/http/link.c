// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two pollable streams that share one waiting source: the epoll loop already knows when the socket
// is ready, so the sources have no descriptor of their own and are woken by http_link_wake().
#include "server/http/link.h"

struct _HttpLink {
    GIOStream parent_instance;      //
    const HttpLinkOwner *functions; // (nullable): NULL once cut
    gpointer owner;                 // not owned
    GInputStream *input;            // (owned)
    GOutputStream *output;          // (owned)
    GPtrArray *sources;             // (owned) (element-type GSource): those that wait
};

typedef struct {
    GInputStream parent_instance; //
    HttpLink *link;               // (nullable): not owned, it owns us
} LinkInput;

typedef struct {
    GInputStreamClass parent_class; //
} LinkInputClass;

typedef struct {
    GOutputStream parent_instance; //
    HttpLink *link;                // (nullable): not owned, it owns us
} LinkOutput;

typedef struct {
    GOutputStreamClass parent_class; //
} LinkOutputClass;

static GType link_input_get_type(void);
static GType link_output_get_type(void);
static void link_input_init_pollable(GPollableInputStreamInterface *iface);
static void link_output_init_pollable(GPollableOutputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE(LinkInput, link_input, G_TYPE_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM,
                                              link_input_init_pollable))
G_DEFINE_TYPE_WITH_CODE(LinkOutput, link_output, G_TYPE_OUTPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_OUTPUT_STREAM,
                                              link_output_init_pollable))
G_DEFINE_FINAL_TYPE(HttpLink, http_link, G_TYPE_IO_STREAM)

static gssize
report(gssize n, GError **error)
{
    if (n >= 0)
        return n;
    if (n == -1)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "would block");
    else
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "connection closed");
    return -1;
}

static gboolean
is_always(gpointer stream)
{
    return TRUE;
}

static gboolean
dispatch_waiting(GSource *source, GSourceFunc callback, gpointer user_data)
{
    g_source_set_ready_time(source, -1);
    return G_SOURCE_CONTINUE;
}

// GIO sets a dummy callback on it, which needs the closure entry.
static const GSourceFuncs waiting_functions = {
    .dispatch = dispatch_waiting,
    .closure_callback = (GSourceFunc)is_always,
};

static GSource *
create_source(HttpLink *link, GObject *stream, GCancellable *cancellable)
{
    g_autoptr(GSource) waiting = g_source_new((GSourceFuncs *)&waiting_functions, sizeof(GSource));

    if (link && link->functions)
        g_ptr_array_add(link->sources, g_source_ref(waiting));
    else
        g_source_set_ready_time(waiting, 0);
    return g_pollable_source_new_full(stream, waiting, cancellable);
}

static gssize
link_input_read_nonblocking(GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
    HttpLink *link = ((LinkInput *)stream)->link;

    if (!link || !link->functions)
        return report(-2, error);
    return report(link->functions->read(link->owner, buffer, count), error);
}

static gssize
link_input_read(GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
                GError **error)
{
    return link_input_read_nonblocking(G_POLLABLE_INPUT_STREAM(stream), buffer, count, error);
}

static GSource *
link_input_create_source(GPollableInputStream *stream, GCancellable *cancellable)
{
    return create_source(((LinkInput *)stream)->link, G_OBJECT(stream), cancellable);
}

static void
link_input_init_pollable(GPollableInputStreamInterface *iface)
{
    iface->can_poll = (gboolean(*)(GPollableInputStream *))is_always;
    iface->is_readable = (gboolean(*)(GPollableInputStream *))is_always;
    iface->read_nonblocking = link_input_read_nonblocking;
    iface->create_source = link_input_create_source;
}

static void
link_input_class_init(LinkInputClass *klass)
{
    G_INPUT_STREAM_CLASS(klass)->read_fn = link_input_read;
}

static void
link_input_init(LinkInput *input)
{
}

static gssize
link_output_write_nonblocking(GPollableOutputStream *stream, const void *buffer, gsize count,
                              GError **error)
{
    HttpLink *link = ((LinkOutput *)stream)->link;

    if (!link || !link->functions)
        return report(-2, error);
    return report(link->functions->write(link->owner, buffer, count), error);
}

static gssize
link_output_write(GOutputStream *stream, const void *buffer, gsize count, GCancellable *cancellable,
                  GError **error)
{
    return link_output_write_nonblocking(G_POLLABLE_OUTPUT_STREAM(stream), buffer, count, error);
}

static GSource *
link_output_create_source(GPollableOutputStream *stream, GCancellable *cancellable)
{
    return create_source(((LinkOutput *)stream)->link, G_OBJECT(stream), cancellable);
}

static void
link_output_init_pollable(GPollableOutputStreamInterface *iface)
{
    iface->can_poll = (gboolean(*)(GPollableOutputStream *))is_always;
    iface->is_writable = (gboolean(*)(GPollableOutputStream *))is_always;
    iface->write_nonblocking = link_output_write_nonblocking;
    iface->create_source = link_output_create_source;
}

static void
link_output_class_init(LinkOutputClass *klass)
{
    G_OUTPUT_STREAM_CLASS(klass)->write_fn = link_output_write;
}

static void
link_output_init(LinkOutput *output)
{
}

HttpLink *
http_link_new(const HttpLinkOwner *functions, gpointer owner)
{
    HttpLink *link = g_object_new(HTTP_LINK_TYPE, NULL);

    link->functions = functions;
    link->owner = owner;
    return link;
}

void
http_link_cut(HttpLink *link)
{
    link->functions = NULL;
    link->owner = NULL;
    http_link_wake(link);
}

void
http_link_wake(HttpLink *link)
{
    g_autoptr(GPtrArray) sources = g_steal_pointer(&link->sources);

    link->sources = g_ptr_array_new_with_free_func((GDestroyNotify)g_source_unref);
    for (guint i = 0; i < sources->len; i++)
        g_source_set_ready_time(sources->pdata[i], 0);
}

static GInputStream *
http_link_get_input_stream(GIOStream *stream)
{
    return HTTP_LINK(stream)->input;
}

static GOutputStream *
http_link_get_output_stream(GIOStream *stream)
{
    return HTTP_LINK(stream)->output;
}

static void
http_link_finalize(GObject *object)
{
    HttpLink *link = HTTP_LINK(object);

    ((LinkInput *)link->input)->link = NULL;
    ((LinkOutput *)link->output)->link = NULL;
    g_object_unref(link->input);
    g_object_unref(link->output);
    g_ptr_array_unref(link->sources);
    G_OBJECT_CLASS(http_link_parent_class)->finalize(object);
}

static void
http_link_class_init(HttpLinkClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = http_link_finalize;
    G_IO_STREAM_CLASS(klass)->get_input_stream = http_link_get_input_stream;
    G_IO_STREAM_CLASS(klass)->get_output_stream = http_link_get_output_stream;
}

static void
http_link_init(HttpLink *link)
{
    link->input = g_object_new(link_input_get_type(), NULL);
    link->output = g_object_new(link_output_get_type(), NULL);
    ((LinkInput *)link->input)->link = link;
    ((LinkOutput *)link->output)->link = link;
    link->sources = g_ptr_array_new_with_free_func((GDestroyNotify)g_source_unref);
}
