"""What people do to one order: hold it, accept it, edit its address, write a note."""
