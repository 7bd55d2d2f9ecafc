/* A subscriber that connects again: M messages are published, and its connection closes at most K times. The same as
   scenarios/bench/subscriber-M-K.toml.

   The subscription stands before anything is published. What is published lies on the connection until the subscriber reads it, one message in one step, and works on it. When
   the connection closes, what lies on it is gone; the subscriber finishes the work at hand and subscribes again.

   One d_step is one action.

   spin -o2 -DM=4 -DK=2 -a subscriber.pml && gcc -O3 -DSAFETY -DNOFAIR -DNOREDUCE -o pan pan.c && ./pan -m100000 -w20 */

byte published;
byte unread;       /* the last so many of what was published */
bit subscribed = 1;
byte works;        /* on this message, from 1; 0 for none */
byte done[M];      /* it had its effect */
byte cuts;

active proctype world() {
    do
    :: d_step { published < M ->
           published++;
           if
           :: subscribed -> unread++
           :: else
           fi }
    :: d_step { !works && !subscribed -> subscribed = 1 }
    :: d_step { !works && unread > 0 -> works = published - unread + 1; unread-- }
    :: d_step { works ->
           assert(done[works - 1] == 0);
           done[works - 1] = 1;
           works = 0 }
    :: d_step { cuts < K -> cuts++; subscribed = 0; unread = 0 }
    /* An end is one in which all is published and read. */
    :: published == M && subscribed && !works && !unread
    od
}
