global using TaskGraph;
global using TaskGraph.Messages;
