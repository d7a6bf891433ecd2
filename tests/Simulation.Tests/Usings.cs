global using TaskGraph.Messages;
