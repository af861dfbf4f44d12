"""The live call's journey: a front that reads HTTP, a pipeline that reads as one sentence, and the house around them.

`pipeline` joins the rooms for one use; `front` and `exchange` speak HTTP/1.1; `app` puts a data directory's rooms
together; `admin` answers the command line over a Unix socket.
INVARIANT: nothing leaves for a model before its intent is durable, and the end of an answer before its outcome is.
"""
